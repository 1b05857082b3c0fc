import { value } from '../src/shared/ids.js';

export const other = value;
