import { value } from './adapters/in-memory-message-store.js';

export const other = value;
