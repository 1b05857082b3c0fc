import type { BurnReason, LogEntry, MemberReceipt } from '../../../protocol/payloads/chat.payloads.js';
import type { NewMessage } from '../ports/message.store.port.js';
import { LIMITS } from '../../../protocol/limits.js';

/** How far one recipient is. */
interface Marks {
  readonly userId: string;
  deliveredAt: number | undefined;
  readAt: number | undefined;
  /** Whether the sender may know of the reading before the message burns. */
  sharesRead: boolean;
  /** One of several has burned its own copy. */
  burned: boolean;
}

/**
 * One sequence of a log. Burning it drops the ciphertext and keeps what explains the hole. Flat, with a list of at most four
 * marks: every message lives here for up to an hour, and each object in it is garbage collection (docs/performance.md).
 */
export class StoredMessage {
  readonly senderId: string;
  readonly clientMessageId: string;
  burnAt: number;
  burned: BurnReason | undefined = undefined;
  burnedAt = 0;
  private readonly cap: number;
  private readonly senderDeviceId: string;
  private readonly epoch: number;
  private readonly burnAfterReadSeconds: number;
  private readonly strictestBurnSeconds: number;
  /** To one recipient, the marks are the message's own, and burning is for both. */
  private readonly isToSeveral: boolean;
  private senderIsGone = false;
  private marks: readonly Marks[];
  private ciphertext: string | undefined;

  constructor(
    readonly seq: number,
    message: NewMessage,
    readonly acceptedAt: number,
    lifeMs: number,
  ) {
    const life = acceptedAt + Math.min(lifeMs, LIMITS.messageLifeMs);
    this.senderId = message.senderId;
    this.clientMessageId = message.clientMessageId;
    this.cap = Math.min(life, message.notAfter ?? life);
    this.burnAt = this.cap;
    this.senderDeviceId = message.senderDeviceId;
    this.epoch = message.epoch;
    this.burnAfterReadSeconds = message.burnAfterReadSeconds;
    this.strictestBurnSeconds = message.strictestBurnSeconds;
    this.marks = message.recipients.map((userId) => ({
      userId,
      deliveredAt: undefined,
      readAt: undefined,
      sharesRead: true,
      burned: false,
    }));
    this.isToSeveral = this.marks.length > 1;
    this.ciphertext = message.ciphertext;
  }

  /** Those who are still there. */
  get members(): string[] {
    const recipients = this.marks.map(({ userId }) => userId);
    return this.senderIsGone ? recipients : [this.senderId, ...recipients];
  }

  get bytes(): number {
    return this.ciphertext?.length ?? 0;
  }

  isFor(userId: string): boolean {
    return this.marksOf(userId) !== undefined;
  }

  isUnreadBy(userId: string): boolean {
    const marks = this.marksOf(userId);
    return marks !== undefined && marks.readAt === undefined;
  }

  /** While alive, whether a retry carries what was stored. Afterwards nothing is left to compare. */
  isSameAs(message: NewMessage): boolean {
    return this.ciphertext === undefined || (this.ciphertext === message.ciphertext && this.epoch === message.epoch);
  }

  /** True when this is news. */
  markDelivered(userId: string, now: number): boolean {
    const marks = this.marksOf(userId);
    if (!marks || marks.deliveredAt !== undefined) return false;
    marks.deliveredAt = now;
    return true;
  }

  /** True when this is news. The timer starts when the last recipient has read. */
  markRead(userId: string, now: number, sharesRead: boolean): boolean {
    const marks = this.marksOf(userId);
    if (!marks || marks.readAt !== undefined) return false;
    marks.readAt = now;
    marks.sharesRead = sharesRead;
    marks.deliveredAt ??= now;
    this.startTimerOnceRead(now);
    return true;
  }

  /** Whether the recipient burns it for everybody, or its own copy only. */
  burnsForAllBy(userId: string): boolean {
    return userId === this.senderId || !this.isToSeveral;
  }

  /** True when this is news. */
  burnCopyOf(userId: string, now: number): boolean {
    const marks = this.marksOf(userId);
    if (!marks || marks.burned) return false;
    this.markRead(userId, now, true);
    marks.burned = true;
    return true;
  }

  /** The user is no member any more. */
  drop(userId: string, now: number): void {
    if (userId === this.senderId) this.senderIsGone = true;
    if (!this.isFor(userId)) return;
    this.marks = this.marks.filter((marks) => marks.userId !== userId);
    this.startTimerOnceRead(now);
  }

  burn(reason: BurnReason, now: number): void {
    this.burned = reason;
    this.burnedAt = now;
    this.ciphertext = undefined;
  }

  /** Why it burns when its time is over: read by everyone, or never. */
  get dueReason(): BurnReason {
    return this.marks.length > 0 && this.everyoneHasRead() ? 'read' : 'expired';
  }

  /** As the viewer may see it at `now`: what is due shows as burned, reaped or not. */
  toEntry(viewerId: string, now: number): LogEntry {
    const entry: LogEntry = {
      seq: this.seq,
      senderId: this.senderId,
      senderDeviceId: this.senderDeviceId,
      clientMessageId: this.clientMessageId,
      epoch: this.epoch,
      acceptedAt: this.acceptedAt,
      burnAfterReadSeconds: this.burnAfterReadSeconds,
      burnAt: this.burnAtSeenBy(viewerId),
    };
    const { deliveredAt, readAt } = this.marksSeenBy(viewerId);
    if (deliveredAt !== undefined) entry.deliveredAt = deliveredAt;
    if (readAt !== undefined) entry.readAt = readAt;
    if (this.isToSeveral && viewerId === this.senderId) entry.receipts = this.marks.map(receiptOf);
    const burned = this.burnedFor(viewerId, now);
    if (burned) entry.burned = burned;
    else if (this.ciphertext !== undefined && this.isFor(viewerId)) entry.ciphertext = this.ciphertext;
    return entry;
  }

  private burnedFor(viewerId: string, now: number): BurnReason | undefined {
    if (this.burned) return this.burned;
    if (this.burnAt <= now) return this.dueReason;
    return this.marksOf(viewerId)?.burned ? 'read' : undefined;
  }

  private marksOf(userId: string): Marks | undefined {
    return this.marks.find((marks) => marks.userId === userId);
  }

  private startTimerOnceRead(now: number): void {
    if (!this.everyoneHasRead()) return;
    const seconds = Math.min(this.burnAfterReadSeconds, this.strictestBurnSeconds);
    this.burnAt = Math.min(this.burnAt, now + seconds * 1_000);
  }

  private everyoneHasRead(): boolean {
    return this.marks.every(({ readAt }) => readAt !== undefined);
  }

  /** A recipient sees its own marks; the sender sees when all have it, the latest time of all. */
  private marksSeenBy(viewerId: string): Partial<Pick<Marks, 'deliveredAt' | 'readAt'>> {
    if (viewerId !== this.senderId) return this.marksOf(viewerId) ?? {};
    const readAt = this.isReadInSilence() ? undefined : latest(this.marks, 'readAt');
    return { deliveredAt: latest(this.marks, 'deliveredAt'), readAt };
  }

  /** The nearer burn time would tell the sender of a reading that is not shared. */
  private burnAtSeenBy(viewerId: string): number {
    return viewerId === this.senderId && this.isReadInSilence() ? this.cap : this.burnAt;
  }

  private isReadInSilence(): boolean {
    return this.marks.some(({ sharesRead }) => !sharesRead);
  }
}

function receiptOf({ userId, deliveredAt, readAt, sharesRead }: Marks): MemberReceipt {
  return {
    userId,
    ...(deliveredAt !== undefined && { deliveredAt }),
    ...(readAt !== undefined && sharesRead && { readAt }),
  };
}

/** Undefined until all have it. */
function latest(marks: readonly Marks[], which: 'deliveredAt' | 'readAt'): number | undefined {
  const times = marks.flatMap((mark) => mark[which] ?? []);
  return times.length > 0 && times.length === marks.length ? Math.max(...times) : undefined;
}
