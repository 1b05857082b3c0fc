import type { Stamp } from '../domain/stamp.js';
import type { BegunFriendship, WithdrawnRequest } from './friendship.store.port.js';

export interface PendingRequest {
  readonly requestId: string;
  readonly requesterId: string;
  /** As it was asked for. */
  readonly username: string;
  readonly createdAt: number;
}

export interface PendingRequests {
  readonly incoming: readonly PendingRequest[];
  readonly outgoing: readonly PendingRequest[];
}

export interface Asking {
  readonly requesterId: string;
  readonly username: string;
  /** The account of that name, or null. Never the requester. */
  readonly recipientId: string | null;
  readonly request: Stamp;
  /** For the friendship that begins when the other side has asked already. */
  readonly friendship: Stamp;
}

export interface Asked {
  readonly request: PendingRequest;
  /** In whose inbox the request is new; null when it is in none, or was there before. */
  readonly reached: string | null;
  readonly begun: BegunFriendship | null;
}

export interface RequestParty {
  readonly userId: string;
  readonly username: string;
}

/**
 * Friend requests. One that cannot reach anybody (no such account, a block, a full inbox) is a ghost: its requester sees and
 * counts it like any other, nobody else ever sees it. A request that its recipient declines, or blocks, becomes one too: the
 * requester must not learn from a missing entry that there was somebody to say no.
 */
export abstract class FriendRequestStore {
  /**
   * Atomic. One request per requester and username: asking again gives the first one. Asking who has asked accepts.
   * Throws ALREADY_FRIENDS, REQUEST_LIMIT (5 out, ghosts included), FRIEND_LIMIT { side } as seen by the requester.
   * The same statements run for ghosts and others, so that the time taken does not tell them apart.
   */
  abstract ask(asking: Asking): Promise<Asked>;
  /** Oldest first. */
  abstract list(userId: string): Promise<PendingRequests>;
  /** Throws NOT_FOUND unless the request is in the recipient's inbox, FRIEND_LIMIT { side }, and then the request stays. */
  abstract accept(requestId: string, recipientId: string, friendship: Stamp): Promise<BegunFriendship>;
  /** False when it is not in the recipient's inbox. */
  abstract decline(requestId: string, recipientId: string): Promise<boolean>;
  /** Whose inbox it left, if any. Throws NOT_FOUND when the requester has no such request. */
  abstract cancel(requestId: string, requesterId: string): Promise<WithdrawnRequest | null>;
  /** Removes what friends still ask of one another, ghosts by their username included. May be repeated. */
  abstract dropBetween(one: RequestParty, other: RequestParty): Promise<void>;
}
