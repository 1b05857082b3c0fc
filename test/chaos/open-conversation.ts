import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { ERRORS } from '../../src/protocol/errors.js';
import { LIMITS } from '../../src/protocol/limits.js';
import type {
  LogEntry,
  MessageBurned,
  MessageReceipt,
  MessageReceived,
  ReadResult,
  SendResult,
  SyncResult,
} from '../../src/protocol/payloads/chat.payloads.js';
import { RandomIds } from '../../src/shared/ids.js';
import { type Line, Refusal } from './line.js';
import type { Setting } from './setting.js';

const BODY_BYTES = 300;
const MOST_WAITING = 4;
const RETRY_MS = 250;
const LOOK_BACK = 50;
const BURN_AFTER_READ_S = 2;
const ids = new RandomIds();

/** What one person knows of one conversation: which of it was taken, and what waits to be sent. */
export class OpenConversation {
  private incarnation = '';
  private cursor = 0;
  private readonly own = new Set<number>();
  private readonly unconfirmed = new Set<number>();
  private readonly unread = new Set<number>();
  private readonly sent: number[] = [];
  private waiting: { message: string; ciphertext: string }[] = [];
  private sending = false;
  private taking: Promise<unknown> = Promise.resolve();
  private stopped = false;

  constructor(
    readonly id: string,
    private readonly userId: string,
    private readonly line: Line,
    private readonly setting: Setting,
  ) {}

  /** Presses the key once, unless too much waits already. */
  write(): void {
    if (this.waiting.length >= MOST_WAITING) return;
    const message = ids.next();
    const ciphertext = this.setting.mark + randomBytes(BODY_BYTES).toString('base64url');
    this.waiting.push({ message, ciphertext });
    this.setting.history.note({ kind: 'sent', conversation: this.id, message, by: this.userId });
    void this.send();
  }

  /** Reads what was shown and not read yet; `share` of it. */
  async read(share: number): Promise<void> {
    const seqs = [...this.unread].filter(() => this.setting.random() < share).slice(0, LIMITS.syncPage);
    if (seqs.length === 0) return;
    const { history } = this.setting;
    const { incarnation } = this;
    for (const seq of seqs) history.note({ kind: 'read-asked', by: this.userId, ...this.place(seq) });
    const { burnTimes } = await this.ask<ReadResult>('message:read', seqs);
    for (const seq of seqs) this.unread.delete(seq);
    const isDirect = history.members.get(this.id)?.length === 2;
    if (!isDirect || incarnation !== this.incarnation) return;
    for (const { seq, burnAt } of burnTimes) history.note({ kind: 'burn-time', burnAt, ...this.place(seq) });
  }

  /** Takes back the last own message. */
  async recall(): Promise<void> {
    const seq = this.sent.pop();
    if (seq === undefined) return;
    this.setting.history.note({ kind: 'recall-asked', by: this.userId, ...this.place(seq) });
    await this.ask('message:burn', [seq]);
  }

  /** What can be read now, of the last messages. */
  async look(): Promise<void> {
    const askedAt = Date.now();
    const { incarnation, entries } = await this.page(Math.max(0, this.cursor - LOOK_BACK));
    for (const { seq, ciphertext } of entries) {
      if (ciphertext === undefined) continue;
      const place = { conversation: this.id, incarnation, seq };
      this.setting.history.note({ kind: 'readable', to: this.userId, askedAt, ...place });
    }
  }

  connected(): void {
    void this.synchronise();
  }

  receive(push: MessageReceived): void {
    void this.inTurn(async () => {
      if (push.incarnation === this.incarnation && push.entry.seq <= this.cursor) return;
      const isNext = push.incarnation === this.incarnation && push.entry.seq === this.next();
      if (isNext) this.take(push.entry);
      else await this.readLog();
      await this.confirm();
    });
  }

  burned({ incarnation, messages }: MessageBurned): void {
    void this.inTurn(() => {
      for (const { seq, reason } of messages) {
        const place = { conversation: this.id, incarnation, seq };
        this.setting.history.note({ kind: 'hole', to: this.userId, reason, ...place });
        if (incarnation === this.incarnation) this.unread.delete(seq);
      }
    });
  }

  receipt({ incarnation, kind, userId, messages }: MessageReceipt): void {
    for (const { seq } of messages) {
      const place = { conversation: this.id, incarnation, seq };
      this.setting.history.note({ kind: 'receipt', what: kind, from: userId, to: this.userId, ...place });
    }
  }

  get isSaying(): boolean {
    return this.waiting.length > 0;
  }

  /** Whether everything is said and taken; then the head was noted. */
  async settle(): Promise<boolean> {
    if (this.isSaying) return false;
    await this.synchronise();
    const { incarnation, headSeq } = await this.page(this.cursor);
    if (incarnation !== this.incarnation || headSeq !== this.cursor) return false;
    this.setting.history.note({ kind: 'head', conversation: this.id, incarnation, headSeq, to: this.userId });
    return true;
  }

  stop(): void {
    this.stopped = true;
  }

  /** One at a time, each until it is answered: what the order of a sender rests on. */
  private async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    for (let first = this.waiting[0]; first && !this.stopped; first = this.waiting[0]) {
      if (await this.attempt(first)) this.waiting = this.waiting.slice(1);
    }
    this.sending = false;
  }

  private async attempt({ message, ciphertext }: { message: string; ciphertext: string }): Promise<boolean> {
    const { history } = this.setting;
    const conversationId = this.id;
    const sealed = { ciphertext, epoch: 1, burnAfterReadSeconds: BURN_AFTER_READ_S };
    try {
      await this.line.connected();
      const request = { conversationId, clientMessageId: message, ...sealed };
      const { incarnation, seq, burnAt } = await this.line.ask<SendResult>('message:send', request);
      history.note({ kind: 'acked', conversation: this.id, message, by: this.userId, incarnation, seq, burnAt });
      if (incarnation === this.incarnation) {
        this.own.add(seq);
        this.sent.push(seq);
      }
      return true;
    } catch (error) {
      const isFinal = error instanceof Refusal && !isRetryable(error.code);
      if (isFinal) history.note({ kind: 'refused', conversation: this.id, message, by: this.userId, code: error.code });
      else await this.pause(error);
      return isFinal;
    }
  }

  private async pause(error: unknown): Promise<void> {
    const { code, retryAfterMs } = error instanceof Refusal ? error : { code: 'NO_ANSWER', retryAfterMs: 0 };
    this.setting.history.note({ kind: 'failed', by: this.userId, code });
    await wait(Math.max(RETRY_MS, retryAfterMs));
  }

  private synchronise(): Promise<void> {
    return this.inTurn(async () => {
      await this.readLog();
      await this.confirm();
    });
  }

  private async readLog(): Promise<void> {
    for (let isWhole = false; !isWhole;) {
      const page = await this.page(this.cursor);
      if (page.incarnation !== this.incarnation) {
        this.startOver(page.incarnation);
        continue;
      }
      while (this.cursor < page.burnedThrough) {
        this.cursor += 1;
        this.setting.history.note({ kind: 'hole', to: this.userId, ...this.place(this.cursor) });
      }
      for (const entry of page.entries) this.take(entry);
      isWhole = this.cursor >= page.headSeq || page.entries.length === 0;
    }
  }

  private startOver(incarnation: string): void {
    this.incarnation = incarnation;
    this.cursor = 0;
    for (const seqs of [this.own, this.unconfirmed, this.unread]) seqs.clear();
    this.sent.length = 0;
  }

  private take({ seq, senderId, clientMessageId: message, ciphertext, burned }: LogEntry): void {
    if (seq <= this.cursor) return;
    const { history } = this.setting;
    this.cursor = seq;
    const place = this.place(seq);
    if (burned) history.note({ kind: 'hole', to: this.userId, reason: burned, ...place });
    else if (senderId === this.userId) history.note({ kind: 'own', to: this.userId, message, ...place });
    else if (ciphertext !== undefined) {
      history.note({ kind: 'shown', to: this.userId, by: senderId, message, ...place });
      this.unconfirmed.add(seq);
      this.unread.add(seq);
    }
  }

  /** Own messages in between are known by their acknowledgements. */
  private next(): number {
    while (this.own.has(this.cursor + 1)) this.cursor += 1;
    return this.cursor + 1;
  }

  private async confirm(): Promise<void> {
    const seqs = [...this.unconfirmed].slice(0, LIMITS.syncPage);
    if (seqs.length === 0) return;
    for (const seq of seqs) {
      this.setting.history.note({ kind: 'delivered-asked', by: this.userId, ...this.place(seq) });
    }
    await this.ask('message:delivered', seqs);
    for (const seq of seqs) this.unconfirmed.delete(seq);
  }

  private ask<T>(event: string, seqs: readonly number[]): Promise<T> {
    return this.line.ask<T>(event, { conversationId: this.id, incarnation: this.incarnation, seqs });
  }

  private page(afterSeq: number): Promise<SyncResult> {
    return this.line.ask('message:sync', { conversationId: this.id, afterSeq, limit: LIMITS.syncPage });
  }

  /** What comes is taken in the order in which it came. A failure is settled by the next connection. */
  private inTurn(work: () => Promise<void> | void): Promise<void> {
    const done = this.taking.then(work);
    this.taking = done.catch(() => undefined);
    return done.catch(() => undefined);
  }

  private place(seq: number) {
    return { conversation: this.id, incarnation: this.incarnation, seq };
  }
}

const isRetryable = (code: string): boolean => !(code in ERRORS) || ERRORS[code as keyof typeof ERRORS].retryable;
