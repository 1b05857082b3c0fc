import { value } from '../chat.service.js';

export const other = value;
