import { value } from '../relation/index.js';

export const other = value;
