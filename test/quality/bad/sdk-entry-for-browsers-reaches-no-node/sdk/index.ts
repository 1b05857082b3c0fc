import { value } from './storage/file-storage.js';

export const other = value;
