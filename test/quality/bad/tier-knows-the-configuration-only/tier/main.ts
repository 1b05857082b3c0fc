import { now } from '../src/shared/clock.js';

console.log(now());
