import { LIMITS } from '../../../protocol/limits.js';
import { DomainError } from '../../../shared/domain-error.js';
import type { NewMessage } from '../ports/message.store.port.js';
import { StoredMessage } from './stored-message.js';

/** The log of one conversation in memory. Sequence n is at index n − burnedThrough − 1. */
export class ConversationLog {
  burnedThrough = 0;
  lastActivityAt = 0;
  private readonly entries: StoredMessage[] = [];
  /** By sender, then by the sender's own id of the message: one sender's ids cannot collide with another's. */
  private readonly sent = new Map<string, Map<string, StoredMessage>>();
  private readonly unread = new Map<string, number>();

  fence: string;

  constructor(readonly incarnation: string) {
    this.fence = incarnation;
  }

  get headSeq(): number {
    return this.burnedThrough + this.entries.length;
  }

  unreadOf(userId: string): number {
    return this.unread.get(userId) ?? 0;
  }

  find(seq: number): StoredMessage | undefined {
    return this.entries[seq - this.burnedThrough - 1];
  }

  findSent(senderId: string, clientMessageId: string): StoredMessage | undefined {
    return this.sent.get(senderId)?.get(clientMessageId);
  }

  /** Throws UNREAD_LIMIT when a recipient has 500 unread here. */
  append(message: NewMessage, now: number, lifeMs: number): StoredMessage {
    for (const userId of message.recipients) {
      if (this.unreadOf(userId) >= LIMITS.unreadPerConversation) throw new DomainError('UNREAD_LIMIT');
    }
    const stored = new StoredMessage(this.headSeq + 1, message, now, lifeMs);
    this.entries.push(stored);
    this.sentBy(stored.senderId).set(stored.clientMessageId, stored);
    for (const userId of message.recipients) this.unread.set(userId, this.unreadOf(userId) + 1);
    this.lastActivityAt = now;
    return stored;
  }

  /** Call before the message is marked read by `userId`, or burned. */
  countAsRead(message: StoredMessage, userId: string): void {
    if (message.isUnreadBy(userId) && !message.burned) this.unread.set(userId, Math.max(0, this.unreadOf(userId) - 1));
  }

  after(seq: number, limit: number): StoredMessage[] {
    const start = Math.max(0, seq - this.burnedThrough);
    return this.entries.slice(start, start + limit);
  }

  live(): StoredMessage[] {
    return this.entries.filter(({ burned }) => !burned);
  }

  /** Forgets the oldest holes whose explanation is no longer owed. */
  trim(now: number): void {
    let count = 0;
    for (const entry of this.entries) {
      if (!entry.burned || entry.burnedAt + LIMITS.holeLifeMs > now) break;
      this.sentBy(entry.senderId).delete(entry.clientMessageId);
      count += 1;
    }
    this.entries.splice(0, count);
    this.burnedThrough += count;
  }

  private sentBy(senderId: string): Map<string, StoredMessage> {
    const own = this.sent.get(senderId) ?? new Map<string, StoredMessage>();
    this.sent.set(senderId, own);
    return own;
  }
}
