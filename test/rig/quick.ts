import type { Profile } from '../../src/config/config.schema.js';
import type { DeepPartial } from '../../src/config/deep-partial.js';

/** Everything a person would wait for is cheap; limits that a test does not mean are out of its way. */
export const QUICK: DeepPartial<Profile> = {
  registration: { proofOfWork: { cost: 1, baseTries: 1, maxTries: 1 } },
  limits: {
    registrationPerAddress: { points: 1_000 },
    challengePerAddress: { points: 1_000 },
    httpPerAddress: { points: 10_000 },
  },
  messages: { reapEveryMs: 50 },
  drain: { windowMs: 0 },
  logLevel: 'error',
};
