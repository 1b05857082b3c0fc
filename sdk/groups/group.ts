import type { AvatarColour } from '../../src/protocol/payloads/user.payloads.js';
import type { GroupRecord } from '../store/records.js';

export interface GroupMember {
  readonly userId: string;
  readonly username: string;
  readonly displayName: string;
  readonly avatarColour: AvatarColour;
  readonly isFriend: boolean;
  readonly isSelf: boolean;
}

/** At most five people who read the same conversation, whose id is the group's. */
export interface Group {
  readonly groupId: string;
  /** '' while this device could not open it. */
  readonly name: string;
  readonly ownerId: string;
  readonly isOwner: boolean;
  /** The longest member first. */
  readonly members: readonly GroupMember[];
}

export interface GroupViewer {
  readonly ownUserId: string;
  readonly friendIds: ReadonlySet<string>;
}

export function groupOf({ groupId, ownerId, members }: GroupRecord, name: string, viewer: GroupViewer): Group {
  const { ownUserId, friendIds } = viewer;
  return {
    groupId,
    name,
    ownerId,
    isOwner: ownerId === ownUserId,
    members: members.map(({ userId, username, displayName, avatarColour }) => ({
      ...{ userId, username, displayName, avatarColour },
      isFriend: friendIds.has(userId),
      isSelf: userId === ownUserId,
    })),
  };
}
