import { ArrayMaxSize, ArrayMinSize, IsArray } from 'class-validator';
import { defineEvent } from '../../platform/event-bus/event-bus.port.js';
import { IsId, IsIdArray } from '../../protocol/payloads/fields.js';

export class FriendshipSubject {
  @IsId() conversationId!: string;
  @IsArray() @ArrayMinSize(2) @ArrayMaxSize(2) @IsIdArray() userIds!: string[];
}

/** Direct, after the commit. */
export const FriendshipBegan = defineEvent('relation.friendship-began', FriendshipSubject);
/**
 * Direct, after the commit and before the answer, which is UNAVAILABLE where this cannot be handled: on no node is anything sent any
 * more to a friend of before.
 */
export const FriendshipCut = defineEvent('relation.friendship-cut', FriendshipSubject);
/** Through the outbox: with the friendship go the conversation and its messages. Removal, block and deleted accounts alike. */
export const FriendshipEnded = defineEvent('relation.friendship-ended', FriendshipSubject);
