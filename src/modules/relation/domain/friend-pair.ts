export interface FriendPair {
  readonly low: string;
  readonly high: string;
}

/** Two users in the one order in which a friendship is stored and counters are locked, so that no two transactions cross. */
export const friendPair = (userId: string, otherUserId: string): FriendPair =>
  userId < otherUserId ? { low: userId, high: otherUserId } : { low: otherUserId, high: userId };
