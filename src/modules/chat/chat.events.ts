import { defineEvent } from '../../platform/event-bus/event-bus.port.js';
import { IsId } from '../../protocol/payloads/fields.js';

export class ConversationSubject {
  @IsId() conversationId!: string;
}

/** Through the outbox: the epoch, and perhaps the members, are others now. */
export const ConversationChanged = defineEvent('chat.conversation-changed', ConversationSubject);
