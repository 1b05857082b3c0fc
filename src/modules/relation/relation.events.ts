import { ArrayMaxSize, ArrayMinSize, IsArray } from 'class-validator';
import { defineEvent } from '../../platform/event-bus/event-bus.port.js';
import { IsId, IsIdArray } from '../../protocol/payloads/fields.js';

export class FriendshipSubject {
  @IsId() conversationId!: string;
  @IsArray() @ArrayMinSize(2) @ArrayMaxSize(2) @IsIdArray() userIds!: string[];
}

/** Direct, after the commit. */
export const FriendshipBegan = defineEvent('relation.friendship-began', FriendshipSubject);
/** Through the outbox: with the friendship go the conversation and its messages. Removal, block and deleted accounts alike. */
export const FriendshipEnded = defineEvent('relation.friendship-ended', FriendshipSubject);
