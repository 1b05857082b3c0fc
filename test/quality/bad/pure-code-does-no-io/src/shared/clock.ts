import { readFileSync } from 'node:fs';

export const time = readFileSync('/proc/uptime');
