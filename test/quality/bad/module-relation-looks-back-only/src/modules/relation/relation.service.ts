import { value } from '../group/index.js';

export const other = value;
