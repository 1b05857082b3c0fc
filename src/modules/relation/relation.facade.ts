/** Two friends and the conversation that their friendship gives them. */
export interface Friendship {
  /** Also the id of their direct conversation; a new friendship of the same two has another one. */
  readonly conversationId: string;
  readonly userIds: readonly [string, string];
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** The relation module as other modules see it. */
export abstract class RelationFacade {
  abstract areFriends(userId: string, otherUserId: string): Promise<boolean>;
  /** Null when there is no such friendship, or no more. */
  abstract findFriendship(conversationId: string): Promise<Friendship | null>;
  /** Oldest first, at most 20. Out of date for as long as a signal takes, a minute where it was lost: to show, not to decide by. */
  abstract listFriendships(userId: string): Promise<readonly Friendship[]>;
}
