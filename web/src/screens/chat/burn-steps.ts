import { LIMITS } from '../../../../src/protocol/limits.js';

const { min, max } = LIMITS.burnAfterReadSeconds;
const STEPS = [min, 5, 10, 30, 60, 120, 300, 900, 1_800, max];

/** What a person may choose from, in seconds; with what is set now, which another client may have chosen. */
export function burnSteps(now: number): number[] {
  return [...new Set([...STEPS, now])].sort((one, other) => one - other);
}
