import { value } from '../sdk/index.js';

export const other = value;
