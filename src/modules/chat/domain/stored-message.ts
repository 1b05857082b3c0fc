import type { BurnReason, LogEntry } from '../../../protocol/payloads/chat.payloads.js';
import type { NewMessage } from '../ports/message.store.port.js';
import { LIMITS } from '../../../protocol/limits.js';

interface RecipientMarks {
  deliveredAt?: number;
  readAt?: number;
}

/** One sequence of a log. Burning it drops the ciphertext and keeps what explains the hole. */
export class StoredMessage {
  burnAt: number;
  burned: BurnReason | undefined;
  burnedAt = 0;
  private ciphertext: string | undefined;
  private readonly marks: Map<string, RecipientMarks>;

  constructor(
    readonly seq: number,
    private readonly message: Omit<NewMessage, 'ciphertext' | 'currentEpoch' | 'conversationId'>,
    ciphertext: string,
    readonly acceptedAt: number,
    lifeMs: number,
  ) {
    const cap = acceptedAt + Math.min(lifeMs, LIMITS.messageLifeMs);
    this.burnAt = Math.min(cap, message.notAfter ?? cap);
    this.ciphertext = ciphertext;
    this.marks = new Map(message.recipients.map((userId) => [userId, {}]));
  }

  get senderId(): string {
    return this.message.senderId;
  }

  get clientMessageId(): string {
    return this.message.clientMessageId;
  }

  get members(): string[] {
    return [this.senderId, ...this.marks.keys()];
  }

  get bytes(): number {
    return this.ciphertext?.length ?? 0;
  }

  isFor(userId: string): boolean {
    return this.marks.has(userId);
  }

  isUnreadBy(userId: string): boolean {
    const marks = this.marks.get(userId);
    return marks !== undefined && marks.readAt === undefined;
  }

  /** While alive, whether a retry carries what was stored. Afterwards nothing is left to compare. */
  isSameAs(message: NewMessage): boolean {
    return (
      this.ciphertext === undefined || (this.ciphertext === message.ciphertext && this.message.epoch === message.epoch)
    );
  }

  /** True when this is news. */
  markDelivered(userId: string, now: number): boolean {
    const marks = this.marks.get(userId);
    if (!marks || marks.deliveredAt !== undefined) return false;
    marks.deliveredAt = now;
    return true;
  }

  /** True when this is news. The timer starts when the last recipient has read. */
  markRead(userId: string, now: number): boolean {
    const marks = this.marks.get(userId);
    if (!marks || marks.readAt !== undefined) return false;
    marks.readAt = now;
    marks.deliveredAt ??= now;
    const everyoneHasRead = [...this.marks.values()].every(({ readAt }) => readAt !== undefined);
    const { burnAfterReadSeconds, strictestBurnSeconds } = this.message;
    const seconds = Math.min(burnAfterReadSeconds, strictestBurnSeconds);
    if (everyoneHasRead) this.burnAt = Math.min(this.burnAt, now + seconds * 1_000);
    return true;
  }

  burn(reason: BurnReason, now: number): void {
    this.burned = reason;
    this.burnedAt = now;
    this.ciphertext = undefined;
  }

  /** Why it burns when its time is over: read by everyone, or never. */
  get dueReason(): BurnReason {
    return [...this.marks.values()].every(({ readAt }) => readAt !== undefined) ? 'read' : 'expired';
  }

  /** As the viewer may see it at `now`: what is due shows as burned, reaped or not. */
  toEntry(viewerId: string, now: number): LogEntry {
    const { senderId, senderDeviceId, clientMessageId, epoch, burnAfterReadSeconds } = this.message;
    const entry: LogEntry = {
      seq: this.seq,
      senderId,
      senderDeviceId,
      clientMessageId,
      epoch,
      acceptedAt: this.acceptedAt,
      burnAfterReadSeconds,
      burnAt: this.burnAt,
    };
    const marks = this.marksSeenBy(viewerId);
    if (marks.deliveredAt !== undefined) entry.deliveredAt = marks.deliveredAt;
    if (marks.readAt !== undefined) entry.readAt = marks.readAt;
    const burned = this.burned ?? (this.burnAt <= now ? this.dueReason : undefined);
    if (burned) entry.burned = burned;
    else if (this.ciphertext !== undefined && viewerId !== senderId) entry.ciphertext = this.ciphertext;
    return entry;
  }

  /** A recipient sees its own marks; the sender sees when all have it, the latest time of all. */
  private marksSeenBy(viewerId: string): RecipientMarks {
    if (viewerId !== this.senderId) return this.marks.get(viewerId) ?? {};
    const seen: RecipientMarks = {};
    const all = [...this.marks.values()];
    if (all.every(({ deliveredAt }) => deliveredAt !== undefined)) {
      seen.deliveredAt = Math.max(...all.map(({ deliveredAt }) => deliveredAt ?? 0));
    }
    if (all.every(({ readAt }) => readAt !== undefined))
      seen.readAt = Math.max(...all.map(({ readAt }) => readAt ?? 0));
    return seen;
  }
}
