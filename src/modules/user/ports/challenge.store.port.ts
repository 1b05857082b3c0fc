import type { Challenge } from '../../../protocol/signing.js';

/**
 * Challenges that wait to be signed. Each is taken at most once, however many try at the same time, and not after its expiry.
 * They need not survive a restart. Memory is bounded: when too many wait, the oldest are forgotten.
 */
export abstract class ChallengeStore {
  abstract put(challenge: Challenge): Promise<void>;
  /** Null for what is unknown, taken or expired. */
  abstract take(challengeId: string): Promise<Challenge | null>;
}
