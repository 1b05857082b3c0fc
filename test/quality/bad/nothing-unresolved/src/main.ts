import { value } from './moved-away.js';

export const other = value;
