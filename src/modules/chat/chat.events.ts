import { defineEvent } from '../../platform/event-bus/event-bus.port.js';
import { IsId } from '../../protocol/payloads/fields.js';

export class ConversationSubject {
  @IsId() conversationId!: string;
}

/** Direct: members, epoch or wishes of a conversation are others now, or it is gone. Every node forgets what it knew of it. */
export const ConversationChanged = defineEvent('chat.conversation-changed', ConversationSubject);
