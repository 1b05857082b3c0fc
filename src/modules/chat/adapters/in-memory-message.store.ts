import { LIMITS } from '../../../protocol/limits.js';
import type { BurnReason } from '../../../protocol/payloads/chat.payloads.js';
import type { Clock } from '../../../shared/clock.js';
import { DomainError } from '../../../shared/domain-error.js';
import type { Ids } from '../../../shared/ids.js';
import { BurnSchedule } from '../domain/burn-schedule.js';
import { ConversationLog } from '../domain/conversation-log.js';
import type { StoredMessage } from '../domain/stored-message.js';
import {
  type Appended,
  type BurnedBatch,
  FenceOutdated,
  type LogOverview,
  type LogPage,
  type LogPosition,
  type MarkedMessage,
  MessageStore,
  type NewMessage,
} from '../ports/message.store.port.js';

interface Scheduled {
  readonly conversationId: string;
  readonly log: ConversationLog;
  readonly message: StoredMessage;
}

type Burned = BurnedBatch['messages'][number];

/**
 * The store of the embedded tier. Nothing of a message is ever in a file; a restart loses the logs, and the next
 * incarnation tells the clients so. Each method runs in one turn of the event loop, which makes it atomic.
 */
export class InMemoryMessageStore extends MessageStore {
  private readonly logs = new Map<string, ConversationLog>();
  private readonly unreadBytes = new Map<string, number>();
  private readonly due: BurnSchedule<Scheduled>;
  private readonly holes: BurnSchedule<ConversationLog>;

  constructor(
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly lifeMs: number,
    slotMs: number,
  ) {
    super();
    this.due = new BurnSchedule(slotMs, clock.now());
    this.holes = new BurnSchedule(60_000, clock.now());
  }

  append(message: NewMessage): Promise<Appended> {
    return settle(() => {
      const log = this.logs.get(message.conversationId);
      const known = log?.findSent(message.senderId, message.clientMessageId);
      if (log && known) return this.repeat(log, known, message);
      if (log?.fence !== message.fence) throw new FenceOutdated();
      if (message.epoch !== message.currentEpoch) throw new DomainError('EPOCH_STALE', { epoch: message.currentEpoch });
      if (message.refusal) throw new DomainError(message.refusal);
      const now = this.clock.now();
      if (message.notAfter !== undefined && message.notAfter <= now) throw new DomainError('MESSAGE_EXPIRED');
      this.checkUnreadBytes(message);
      const stored = log.append(message, now, this.lifeMs);
      for (const userId of message.recipients) this.addUnreadBytes(userId, stored.bytes);
      this.due.add({ conversationId: message.conversationId, log, message: stored }, stored.burnAt);
      return appended(log, stored, false);
    });
  }

  findFence(conversationId: string): Promise<string | null> {
    return Promise.resolve(this.logs.get(conversationId)?.fence ?? null);
  }

  openFence(conversationId: string): Promise<string> {
    return settle(() => this.logOf(conversationId).fence);
  }

  renewFence(conversationId: string): Promise<void> {
    return settle(() => {
      const log = this.logs.get(conversationId);
      if (log) log.fence = this.ids.next();
    });
  }

  list(conversationId: string, viewerId: string, afterSeq: number, limit: number): Promise<LogPage> {
    return settle(() => {
      const now = this.clock.now();
      const log = this.logOf(conversationId);
      const { incarnation, headSeq, burnedThrough } = log;
      const entries = log.after(afterSeq, limit).map((message) => message.toEntry(viewerId, now));
      return { incarnation, headSeq, burnedThrough, entries };
    });
  }

  overview(conversationId: string, viewerId: string): Promise<LogOverview> {
    return settle(() => {
      const log = this.logOf(conversationId);
      const { incarnation, headSeq, burnedThrough, lastActivityAt } = log;
      return { incarnation, headSeq, burnedThrough, unread: log.unreadOf(viewerId), lastActivityAt };
    });
  }

  markDelivered(at: LogPosition): Promise<MarkedMessage[]> {
    const now = this.clock.now();
    return settle(() =>
      this.live(at)
        .filter((message) => message.markDelivered(at.userId, now))
        .map(marked),
    );
  }

  markRead(at: LogPosition, sharesRead: boolean): Promise<MarkedMessage[]> {
    return settle(() => {
      const now = this.clock.now();
      const log = this.logOf(at.conversationId);
      const read: StoredMessage[] = [];
      for (const message of this.live(at)) {
        if (!message.isUnreadBy(at.userId)) continue;
        this.countAsRead(log, message, at.userId);
        message.markRead(at.userId, now, sharesRead);
        this.due.add({ conversationId: at.conversationId, log, message }, message.burnAt);
        read.push(message);
      }
      return read.map(marked);
    });
  }

  burn(at: LogPosition): Promise<BurnedBatch[]> {
    return settle(() => {
      const { conversationId, userId } = at;
      const log = this.logOf(conversationId);
      const own = this.live(at).filter((message) => message.senderId === userId || message.isFor(userId));
      const forAll = own.filter((message) => message.burnsForAllBy(userId));
      const due = forAll.map((message) => ({ conversationId, log, message }));
      return [
        ...this.burnAll(due, ({ senderId }) => (senderId === userId ? 'recalled' : 'read')),
        ...this.burnCopies(at, log, own),
      ];
    });
  }

  takeDue(limit: number): Promise<BurnedBatch[]> {
    return settle(() => {
      const now = this.clock.now();
      for (const log of this.holes.take(now, limit)) log.trim(now);
      const due = this.due.take(now, limit).filter(({ message }) => !message.burned && message.burnAt <= now);
      return this.burnAll(due, ({ dueReason }) => dueReason);
    });
  }

  dropRecipient(conversationId: string, userId: string): Promise<void> {
    return settle(() => {
      const log = this.logs.get(conversationId);
      if (!log) return;
      const now = this.clock.now();
      for (const message of log.live()) {
        this.countAsRead(log, message, userId);
        const { burnAt } = message;
        message.drop(userId, now);
        if (message.burnAt < burnAt) this.due.add({ conversationId, log, message }, message.burnAt);
      }
    });
  }

  remove(conversationId: string): Promise<void> {
    return settle(() => {
      const log = this.logs.get(conversationId);
      this.logs.delete(conversationId);
      for (const message of log?.live() ?? []) this.forget(log as ConversationLog, message, 'expired');
    });
  }

  private logOf(conversationId: string): ConversationLog {
    let log = this.logs.get(conversationId);
    if (!log) {
      log = new ConversationLog(this.ids.next());
      this.logs.set(conversationId, log);
    }
    return log;
  }

  private repeat(log: ConversationLog, known: StoredMessage, message: NewMessage): Appended {
    if (!known.isSameAs(message)) throw new DomainError('CLIENT_MESSAGE_ID_REUSED');
    return appended(log, known, true);
  }

  /** The messages named that are alive, also by the clock. */
  private live({ conversationId, incarnation, seqs }: LogPosition): StoredMessage[] {
    const log = this.logs.get(conversationId);
    if (log?.incarnation !== incarnation) return [];
    const now = this.clock.now();
    const alive: StoredMessage[] = [];
    for (const seq of seqs) {
      const message = log.find(seq);
      if (message && !message.burned && message.burnAt > now) alive.push(message);
    }
    return alive;
  }

  private burnAll(due: readonly Scheduled[], reasonOf: (message: StoredMessage) => BurnReason): BurnedBatch[] {
    const batches = new Map<ConversationLog, { conversationId: string; members: Set<string>; messages: Burned[] }>();
    for (const { conversationId, log, message } of due) {
      if (message.burned) continue;
      const reason = reasonOf(message);
      const batch = batches.get(log) ?? { conversationId, members: new Set(), messages: [] };
      for (const userId of message.members) batch.members.add(userId);
      this.forget(log, message, reason);
      batch.messages.push({ seq: message.seq, reason });
      batches.set(log, batch);
    }
    return [...batches].map(([{ incarnation }, { members, ...batch }]) => {
      return { ...batch, incarnation, members: [...members] };
    });
  }

  /** Nobody else has to hear of it. */
  private burnCopies(
    { conversationId, userId }: LogPosition,
    log: ConversationLog,
    own: readonly StoredMessage[],
  ): BurnedBatch[] {
    const now = this.clock.now();
    const messages: Burned[] = [];
    for (const message of own) {
      if (message.burned) continue;
      this.countAsRead(log, message, userId);
      if (message.burnCopyOf(userId, now)) messages.push({ seq: message.seq, reason: 'read' });
      this.due.add({ conversationId, log, message }, message.burnAt);
    }
    const { incarnation } = log;
    return messages.length > 0 ? [{ conversationId, incarnation, members: [userId], messages }] : [];
  }

  private forget(log: ConversationLog, message: StoredMessage, reason: BurnReason): void {
    const now = this.clock.now();
    for (const userId of message.members) this.countAsRead(log, message, userId);
    message.burn(reason, now);
    this.holes.add(log, now + LIMITS.holeLifeMs);
  }

  private countAsRead(log: ConversationLog, message: StoredMessage, userId: string): void {
    if (!message.isUnreadBy(userId)) return;
    log.countAsRead(message, userId);
    this.addUnreadBytes(userId, -message.bytes);
  }

  private checkUnreadBytes({ recipients, ciphertext }: NewMessage): void {
    for (const userId of recipients) {
      const bytes = (this.unreadBytes.get(userId) ?? 0) + ciphertext.length;
      if (bytes > LIMITS.unreadBytesPerUser) throw new DomainError('UNREAD_LIMIT');
    }
  }

  private addUnreadBytes(userId: string, bytes: number): void {
    const sum = (this.unreadBytes.get(userId) ?? 0) + bytes;
    if (sum > 0) this.unreadBytes.set(userId, sum);
    else this.unreadBytes.delete(userId);
  }
}

const appended = (log: ConversationLog, { seq, acceptedAt, burnAt }: StoredMessage, duplicate: boolean): Appended => ({
  incarnation: log.incarnation,
  seq,
  acceptedAt,
  burnAt,
  duplicate,
});

const marked = ({ seq, senderId, burnAt }: StoredMessage): MarkedMessage => ({ seq, senderId, burnAt });

/** The port is asynchronous, this store is not: a throw must still become a rejection. */
const settle = <T>(work: () => T): Promise<T> => new Promise((resolve) => resolve(work()));
