import type { Group, GroupMember } from '../../../../sdk/index.js';
import { LIMITS } from '../../../../src/protocol/limits.js';

export type NameProblem = 'long' | 'controls';

/** As the SDK takes it. */
export const nameOf = (written: string): string => written.normalize('NFC').trim();

/** Why a name cannot be taken; an empty one is not finished yet. */
export function nameProblem(written: string): NameProblem | undefined {
  const name = nameOf(written);
  if (/[\p{Cc}\p{Cs}]/u.test(name)) return 'controls';
  return [...name].length > LIMITS.groupNameCodePoints ? 'long' : undefined;
}

/** Others that still fit in beside the one who founds it. */
export const ROOM_FOR_OTHERS = LIMITS.groupMembers - 1;

export const roomIn = ({ members }: Group): number => Math.max(0, LIMITS.groupMembers - members.length);

/** Who owns the group once its owner has left: the longest member. */
export function heirOf({ members, ownerId }: Group): GroupMember | undefined {
  return members.find(({ userId }) => userId !== ownerId);
}

/** What a group needs from the people in it. */
export type GroupNeed = 'mismatch' | 'empty' | 'changing' | 'nameless';

/** The gravest first. */
export function needOf(group: Group, obstacle: 'mismatch' | 'changing' | undefined): GroupNeed | undefined {
  if (obstacle === 'mismatch') return 'mismatch';
  if (group.members.every(({ isSelf }) => isSelf)) return 'empty';
  return obstacle ?? (group.name === '' ? 'nameless' : undefined);
}
