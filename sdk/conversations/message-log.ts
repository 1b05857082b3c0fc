import { AshwireError } from '../ashwire-error.js';
import type { AshwireClientEvents, ConversationSummary } from '../client-events.js';
import type { ConversationRecord, MessageRecord } from '../store/records.js';
import type { StorageChange } from '../storage/client-storage.port.js';
import { type ClientStore, KINDS } from '../store/client-store.js';
import type { TypedEmitter } from '../typed-emitter.js';
import { byPlace, dueAt, isAlive } from './message-life.js';
import { messageOf } from './message.js';

/** What one change of a conversation writes; all of it is stored at once. */
export class LogChange {
  readonly writes: StorageChange[] = [];
  readonly told: MessageRecord[] = [];
  conversation: ConversationRecord;

  constructor(
    private readonly store: ClientStore,
    conversation: ConversationRecord,
  ) {
    this.conversation = conversation;
  }

  find(id: string): Promise<MessageRecord | undefined> {
    return this.store.find(KINDS.message, `${this.conversation.conversationId}/${id}`);
  }

  list(): Promise<MessageRecord[]> {
    return this.store.list(KINDS.message, `${this.conversation.conversationId}/`);
  }

  /** Stores and reports the message. */
  save(message: MessageRecord): void {
    this.saveSilently(message);
    this.told.push(message);
  }

  /** Stores and reports a new message that waits to be sent, as the last of the conversation. */
  queue(message: Pick<MessageRecord, 'id' | 'senderId' | 'text' | 'mentions' | 'card'>, now: number): MessageRecord {
    const { conversationId, burnAfterReadSeconds, lastQueuedOrder = 0 } = this.conversation;
    const order = Math.max(now, lastQueuedOrder + 1);
    this.update({ lastQueuedOrder: order });
    const queued = { direction: 'out', state: 'queued', queuedAt: now, order } as const;
    const record = { ...message, conversationId, burnAfterReadSeconds, ...queued };
    this.save(record);
    return record;
  }

  saveSilently(message: MessageRecord): void {
    this.writes.push(this.store.put(KINDS.message, message));
  }

  forget({ conversationId, id }: MessageRecord): void {
    this.writes.push(this.store.delete(KINDS.message, `${conversationId}/${id}`));
  }

  update(conversation: Partial<ConversationRecord>): void {
    this.conversation = { ...this.conversation, ...conversation };
    this.writes.push(this.store.put(KINDS.conversation, this.conversation));
  }

  also(...writes: readonly StorageChange[]): void {
    this.writes.push(...writes);
  }
}

/**
 * The messages of the conversations as they are stored. Every change reads and writes under a short lock of its own (never
 * held over a request), so that a receipt, a burn and an answer that come at once do not undo one another.
 */
export class MessageLog {
  /** Told of each time at which something will be due. */
  onDue: (at: number) => void = () => undefined;

  constructor(
    private readonly store: ClientStore,
    private readonly events: TypedEmitter<AshwireClientEvents>,
  ) {}

  findConversation(conversationId: string): Promise<ConversationRecord | undefined> {
    return this.store.find(KINDS.conversation, conversationId);
  }

  async getConversation(conversationId: string): Promise<ConversationRecord> {
    const conversation = await this.findConversation(conversationId);
    if (!conversation) throw new AshwireError('NOT_FOUND');
    return conversation;
  }

  conversations(): Promise<ConversationRecord[]> {
    return this.store.list(KINDS.conversation);
  }

  async list(conversationId: string): Promise<MessageRecord[]> {
    return (await this.store.list(KINDS.message, `${conversationId}/`)).sort(byPlace);
  }

  all(): Promise<MessageRecord[]> {
    return this.store.list(KINDS.message);
  }

  find(conversationId: string, id: string): Promise<MessageRecord | undefined> {
    return this.store.find(KINDS.message, `${conversationId}/${id}`);
  }

  /** Undefined, with nothing done, when the conversation is gone: what belonged to it must not come back. */
  async change<T>(conversationId: string, action: (change: LogChange) => Promise<T> | T): Promise<T | undefined> {
    const done = await this.store.exclusive(`log/${conversationId}`, async () => {
      const conversation = await this.findConversation(conversationId);
      if (!conversation) return undefined;
      const change = new LogChange(this.store, conversation);
      const result = await action(change);
      await this.store.commit(...change.writes);
      return { result, told: change.told };
    });
    for (const message of done?.told ?? []) {
      this.onDue(dueAt(message));
      this.events.emit('message-state', messageOf(message));
    }
    return done?.result;
  }

  /** Nothing happens when it is there: two pushes may tell of it at once. */
  async create(conversation: ConversationRecord): Promise<void> {
    const { conversationId } = conversation;
    await this.store.exclusive(`log/${conversationId}`, async () => {
      if (await this.findConversation(conversationId)) return;
      await this.store.commit(this.store.put(KINDS.conversation, conversation));
    });
  }

  /** Removes the conversation with all that belongs to it. The caller holds the conversation's lock. */
  async remove(conversationId: string): Promise<void> {
    await this.store.exclusive(`log/${conversationId}`, async () => {
      const messages = await this.store.list(KINDS.message, `${conversationId}/`);
      await this.store.commit(
        ...messages.map(({ id }) => this.store.delete(KINDS.message, `${conversationId}/${id}`)),
        this.store.delete(KINDS.session, conversationId),
        this.store.delete(KINDS.pendingSession, conversationId),
        this.store.delete(KINDS.pendingCommit, conversationId),
        this.store.delete(KINDS.conversation, conversationId),
      );
    });
  }

  async summary(conversation: ConversationRecord): Promise<ConversationSummary> {
    const { conversationId, kind, members, name = '' } = conversation;
    const { burnAfterReadSeconds, ownBurnAfterReadSeconds, lastActivityAt } = conversation;
    const messages = await this.list(conversationId);
    const unread = messages.filter(
      (message) => message.direction === 'in' && isAlive(message) && !message.readAt,
    ).length;
    const [peerUserId = ''] = members;
    const shown = kind === 'direct' ? { peerUserId } : { name };
    return { conversationId, kind, ...shown, burnAfterReadSeconds, ownBurnAfterReadSeconds, unread, lastActivityAt };
  }
}
