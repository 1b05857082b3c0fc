import { value } from '../payment/index.js';

export const other = value;
