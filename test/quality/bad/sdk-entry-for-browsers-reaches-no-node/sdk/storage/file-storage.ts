import { readFileSync } from 'node:fs';

export const value = readFileSync('state');
