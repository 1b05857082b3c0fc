import { CUTS } from './cuts.js';
import type { Fault } from './fault.js';
import { KILLS } from './kills.js';
import { SURROUNDINGS } from './surroundings.js';

export const FAULTS: readonly Fault[] = [...KILLS, ...CUTS, ...SURROUNDINGS];

/** The most telling ones, for a few minutes of every check. */
export const SHORT_FAULTS = ['redis primary killed', 'mysql primary killed', 'faulty acks'];
