import type { ConversationSummary } from '../client-events.js';
import type { Message } from './message.js';
import type { TextPayload } from './payload.js';

/** What can be done in any conversation. */
export interface ConversationActions {
  send(conversationId: string, content: string | TextPayload): Promise<Message>;
  messages(conversationId: string): Promise<Message[]>;
  markRead(conversationId: string, messageIds: readonly string[]): Promise<void>;
  burn(conversationId: string, messageId: string): Promise<void>;
  setBurnAfterRead(conversationId: string, seconds: number): Promise<ConversationSummary>;
  setTyping(conversationId: string, typing: boolean): Promise<void>;
  resetSession(conversationId: string): Promise<void>;
}

/** One conversation, by its id. Throws AshwireError NOT_FOUND from its methods when there is no such conversation. */
export class Conversation {
  constructor(
    readonly conversationId: string,
    private readonly all: ConversationActions,
  ) {}

  /**
   * Stores the message durably and returns it as `queued`; what becomes of it is told by `message-state`.
   * @throws AshwireError KEY_CHANGED or KEY_COMPROMISED, MESSAGE_TOO_LONG (8,000 bytes), BAD_REQUEST for an empty text.
   */
  send(content: string | TextPayload): Promise<Message> {
    return this.all.send(this.conversationId, content);
  }

  /** What is on this device and alive, in the order of the conversation; failed ones until their hour is over. */
  messages(): Promise<Message[]> {
    return this.all.messages(this.conversationId);
  }

  /** Call it when a person has seen the messages: it starts their burn here at once, and tells the sender. */
  markRead(messageIds: readonly string[]): Promise<void> {
    return this.all.markRead(this.conversationId, messageIds);
  }

  /** Recalls an own message, or burns one that was received, now. */
  burn(messageId: string): Promise<void> {
    return this.all.burn(this.conversationId, messageId);
  }

  /** Seconds from 0 (burns at once) to 3,600; the stricter of both sides counts. Needs a connection. */
  setBurnAfterRead(seconds: number): Promise<ConversationSummary> {
    return this.all.setBurnAfterRead(this.conversationId, seconds);
  }

  /** Dropped by the server more often than once in three seconds. Needs a connection. */
  setTyping(typing: boolean): Promise<void> {
    return this.all.setTyping(this.conversationId, typing);
  }

  /** Starts the encryption anew, at most three times an hour. Needs a connection. */
  resetSession(): Promise<void> {
    return this.all.resetSession(this.conversationId);
  }
}
