import { LIMITS } from '../../src/protocol/limits.js';
import { randomId } from '../account/device-keys.js';
import type { EngineSource } from '../account/engine-source.js';
import { AshwireError } from '../ashwire-error.js';
import type { ConversationSummary } from '../client-events.js';
import type { MemberDirectory } from '../groups/member-directory.js';
import type { ClientStore } from '../store/client-store.js';
import type { ServerClock } from '../time/server-clock.js';
import type { EventSender } from '../transport/socket-transport.js';
import { Conversation, type ConversationActions } from './conversation.js';
import type { ConversationSync } from './conversation-sync.js';
import { type Message, messageOf } from './message.js';
import { burned, isAlive, owing, readHere } from './message-life.js';
import type { MessageLog } from './message-log.js';
import type { Outbox } from './outbox.js';
import { contentOf, encodePayload, type TextPayload } from './payload.js';
import type { Receipts } from './receipts.js';
import type { SessionKeeper } from './session-keeper.js';
import type { SessionSetup } from './session-setup.js';

export interface ConversationServices {
  readonly store: ClientStore;
  readonly log: MessageLog;
  readonly sync: ConversationSync;
  readonly setup: SessionSetup;
  readonly outbox: Outbox;
  readonly receipts: Receipts;
  readonly engines: EngineSource;
  readonly members: MemberDirectory;
  readonly sessions: SessionKeeper;
  readonly sender: EventSender;
  readonly clock: ServerClock;
}

/** What a person does in conversations. Everything but settings works without a connection and is sent later. */
export class Conversations implements ConversationActions {
  constructor(private readonly services: ConversationServices) {}

  /** Those on this device, the last active first. */
  async list(): Promise<ConversationSummary[]> {
    const { log } = this.services;
    const summaries = await Promise.all((await log.conversations()).map((conversation) => log.summary(conversation)));
    return summaries.sort((left, right) => right.lastActivityAt - left.lastActivityAt);
  }

  get(conversationId: string): Conversation {
    return new Conversation(conversationId, this);
  }

  /** @throws AshwireError NOT_FOUND, KEY_CHANGED, KEY_COMPROMISED, MESSAGE_TOO_LONG, GROUP_EMPTY. */
  async send(conversationId: string, content: string | TextPayload): Promise<Message> {
    const { log, members, engines, clock, outbox } = this.services;
    const given: TextPayload = typeof content === 'string' ? { type: 'text', text: content } : content;
    const { userId: senderId } = await engines.account();
    const conversation = await log.getConversation(conversationId);
    if (conversation.members.length === 0) throw new AshwireError('GROUP_EMPTY');
    const { replaces: _, ...payload } = given;
    encodePayload(payload);
    const stored = contentOf(payload, [senderId, ...conversation.members]);
    await members.requireUsable(conversation);
    const message = await log.change(conversationId, (change) =>
      change.queue({ id: randomId(), senderId, ...stored }, clock.now()),
    );
    if (!message) throw new AshwireError('NOT_FOUND');
    outbox.kick(conversationId);
    return messageOf(message);
  }

  async messages(conversationId: string): Promise<Message[]> {
    const { log, clock } = this.services;
    const now = clock.now();
    const stored = await log.list(conversationId);
    return stored.filter(({ forgetAt, burnAt = Infinity }) => forgetAt === undefined && burnAt > now).map(messageOf);
  }

  async markRead(conversationId: string, messageIds: readonly string[]): Promise<void> {
    const { log, clock, receipts } = this.services;
    await log.change(conversationId, async (change) => {
      const now = clock.now();
      for (const id of new Set(messageIds)) {
        const message = await change.find(id);
        if (message?.direction !== 'in' || !isAlive(message) || message.readAt !== undefined) continue;
        const read = readHere(message, change.conversation.burnAfterReadSeconds, now);
        change.save((read.burnAt ?? Infinity) <= now ? burned(read, 'read', now) : read);
        // Repeated by its sender, for others: to the server that was another message.
        for (const one of await change.list()) {
          if (one.direction === 'in' && one.replaces === id)
            change.saveSilently({ ...one, owedReceipts: owing(one, 'read') });
        }
      }
    });
    void receipts.flush(conversationId);
  }

  /** Gone from here at once, and from everywhere as soon as the server hears of it. */
  async burn(conversationId: string, messageId: string): Promise<void> {
    const { log, clock, receipts } = this.services;
    await log.change(conversationId, async (change) => {
      const message = await change.find(messageId);
      if (!message || message.forgetAt !== undefined) return;
      change.save(burned({ ...message, owedReceipts: owing(message, 'burn') }, 'recalled', clock.now()));
    });
    void receipts.flush(conversationId);
  }

  async setBurnAfterRead(conversationId: string, seconds: number): Promise<ConversationSummary> {
    const { min, max } = LIMITS.burnAfterReadSeconds;
    if (!Number.isInteger(seconds) || seconds < min || seconds > max)
      throw new AshwireError('BAD_REQUEST', { min, max });
    const { log, sender, sync } = this.services;
    await sync.updated(await sender.emit('conversation:set-burn', { conversationId, burnAfterReadSeconds: seconds }));
    return log.summary(await log.getConversation(conversationId));
  }

  async setTyping(conversationId: string, typing: boolean): Promise<void> {
    await this.services.sender.emit('typing:set', { conversationId, typing });
  }

  /** Starts the encryption anew, with the members as they are shown to the person who asks for it. Messages under way are sent again by themselves where that is safe. */
  async resetSession(conversationId: string): Promise<void> {
    const { store, setup, sessions, outbox } = this.services;
    await store.exclusive(`conversation/${conversationId}`, async () => {
      await sessions.forgetRoster(conversationId);
      await setup.reset(conversationId, true);
    });
    outbox.kick(conversationId);
  }
}
