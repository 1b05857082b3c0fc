import { value } from '../chat/index.js';

export const other = value;
