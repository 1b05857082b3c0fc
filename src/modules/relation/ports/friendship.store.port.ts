import type { Friendship } from '../relation.facade.js';

/** A request that its recipient had in the inbox and has no more. */
export interface WithdrawnRequest {
  readonly requestId: string;
  readonly recipientId: string;
}

/** A new friendship, with the requests between the two that it made pointless. */
export interface BegunFriendship {
  readonly friendship: Friendship;
  readonly withdrawn: readonly WithdrawnRequest[];
}

/** What ended with a user or with a block. */
export interface EndedRelations {
  readonly friendships: readonly Friendship[];
  readonly withdrawn: readonly WithdrawnRequest[];
}

/**
 * Who is friends with whom. Friendships begin in the stores of requests and invitations; wherever they end, the end, both
 * counters and the FriendshipEnded in the outbox are one transaction. The caller drains the outbox.
 */
export abstract class FriendshipStore {
  abstract find(conversationId: string): Promise<Friendship | null>;
  abstract findBetween(userId: string, otherUserId: string): Promise<Friendship | null>;
  /** Oldest first, at most 20. Empty for an unknown user. */
  abstract list(userId: string): Promise<Friendship[]>;
  /** Null when there is none; of several at once, one gets the friendship. */
  abstract end(userId: string, otherUserId: string): Promise<Friendship | null>;
  /**
   * Removes all that relations hold of a user: friendships, requests made, invitations, blocks on both sides. Requests made
   * to the user stay with those who made them, as they do when nobody of that name ever existed. May be repeated.
   */
  abstract forget(userId: string): Promise<EndedRelations>;
}
