import { value } from '../../sdk/crypto/padding.js';

export const other = value;
