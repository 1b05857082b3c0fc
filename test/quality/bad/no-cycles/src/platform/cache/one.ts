import { other as value } from './two.js';

export const one = value;
