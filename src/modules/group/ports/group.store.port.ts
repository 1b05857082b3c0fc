import type { GroupChange } from '../group.facade.js';

export interface MemberRecord {
  readonly userId: string;
  /** Milliseconds since the epoch. */
  readonly joinedAt: number;
}

export interface GroupRecord {
  readonly groupId: string;
  readonly ownerId: string;
  readonly createdAt: number;
  /** The longest member first. */
  readonly members: readonly MemberRecord[];
}

export interface NewGroup {
  readonly groupId: string;
  /** The owner and the first member. */
  readonly creatorId: string;
  readonly clientGroupId: string;
  /** The others, each once. */
  readonly members: readonly string[];
  readonly at: number;
}

/**
 * Groups and their members. At most 5 members in a group and 20 groups per user, under any concurrency. Each write is atomic
 * and takes part in the transaction of its caller, if there is one. Who is friends with whom is not known here.
 */
export abstract class GroupStore {
  /** The same creator and client group id again: the group as it is now, with `created` false. Throws GROUP_COUNT_LIMIT. */
  abstract create(group: NewGroup): Promise<{ readonly group: GroupRecord; readonly created: boolean }>;
  abstract find(groupId: string): Promise<GroupRecord | null>;
  abstract findCreated(creatorId: string, clientGroupId: string): Promise<GroupRecord | null>;
  /** Oldest first. */
  abstract list(userId: string): Promise<GroupRecord[]>;
  /** Throws NOT_FOUND, NOT_YOURSELF, GROUP_OWNER_ONLY, ALREADY_MEMBER, GROUP_FULL, GROUP_COUNT_LIMIT with `userId`. */
  abstract change(change: GroupChange, at: number): Promise<GroupRecord>;
  /** The longest member inherits from the owner. Null when nobody is left, and the group is gone. Throws NOT_FOUND. */
  abstract leave(groupId: string, userId: string): Promise<GroupRecord | null>;
  /** Adds GroupDissolved to the outbox. Throws NOT_FOUND, GROUP_OWNER_ONLY. */
  abstract dissolve(groupId: string, userId: string): Promise<void>;
}
