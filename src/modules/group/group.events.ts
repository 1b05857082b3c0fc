import { ArrayMaxSize, IsArray } from 'class-validator';
import { defineEvent } from '../../platform/event-bus/event-bus.port.js';
import { LIMITS } from '../../protocol/limits.js';
import { IsId, IsIdArray } from '../../protocol/payloads/fields.js';

export class GroupSubject {
  @IsId() groupId!: string;
  @IsArray() @ArrayMaxSize(LIMITS.groupMembers) @IsIdArray() members!: string[];
}

/** Direct, after the commit. */
export const GroupCreated = defineEvent('group.created', GroupSubject);
/**
 * Direct, after the commit and before the answer, which is UNAVAILABLE where this cannot be handled: on no node is anything sent any
 * more to the group.
 */
export const GroupCut = defineEvent('group.cut', GroupSubject);
/** Through the outbox: with the group go the conversation and its messages. */
export const GroupDissolved = defineEvent('group.dissolved', GroupSubject);
/** Direct: `members` are in the group and have no account any more. They joined just after the account's groups were left. */
export const GroupMembersLost = defineEvent('group.members-lost', GroupSubject);
