/** A private group: at most five members, one of them the owner. */
export interface Group {
  /** Also the id of its conversation. */
  readonly groupId: string;
  readonly ownerId: string;
  /** The longest member first. */
  readonly members: readonly string[];
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

export interface GroupChange {
  readonly groupId: string;
  readonly actorId: string;
  /** Friends of the actor. */
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/**
 * The group module as the chat module sees it. Members change only together with the epoch of the conversation, which is
 * chat's: `change` and `leave` take part in the caller's database transaction, so the two modules share a process.
 */
export abstract class GroupFacade {
  /** Null when there is no such group, or no more. */
  abstract find(groupId: string): Promise<Group | null>;
  /** Oldest first, at most 20. */
  abstract list(userId: string): Promise<Group[]>;
  /** As `list`, and out of date for as long as a signal takes, a minute where it was lost: to show, not to decide by. */
  abstract listKnown(userId: string): Promise<readonly Group[]>;
  /**
   * Throws NOT_FOUND (not a member's group; a newcomer is no friend of the actor; who is to go is no member),
   * GROUP_OWNER_ONLY, GROUP_FULL, GROUP_COUNT_LIMIT, ALREADY_MEMBER, NOT_YOURSELF (removing oneself is leaving).
   */
  abstract change(change: GroupChange): Promise<Group>;
  /** Null when nobody is left: the group is gone. The longest member inherits from an owner. Throws NOT_FOUND. */
  abstract leave(groupId: string, userId: string): Promise<Group | null>;
  /** After the commit of `change` or `leave`, before anybody hears of it: who was in the group before it or is after it. */
  abstract changed(userIds: readonly string[]): void;
  /** Tells the members who is in the group now. */
  abstract announce(groupId: string): Promise<void>;
}
