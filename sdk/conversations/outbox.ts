import { AshwireError } from '../ashwire-error.js';
import { encodeMessageContent } from '../crypto/message-content.js';
import { CryptoError } from '../crypto/crypto-error.js';
import type { Envelope, MessageRecord } from '../store/records.js';
import type { ClientStore } from '../store/client-store.js';
import type { ServerClock } from '../time/server-clock.js';
import { Backoff } from '../transport/backoff.js';
import type { EventSender } from '../transport/socket-transport.js';
import { accepted, burned, owing, QUEUE_LIFE_MS } from './message-life.js';
import type { MessageLog } from './message-log.js';
import { encodePayload, payloadOf } from './payload.js';
import type { SessionKeeper } from './session-keeper.js';
import type { SessionSetup } from './session-setup.js';

export interface OutboxServices {
  readonly store: ClientStore;
  readonly log: MessageLog;
  readonly setup: SessionSetup;
  readonly sessions: SessionKeeper;
  readonly sender: EventSender;
  readonly clock: ServerClock;
  onOwed(conversationId: string): void;
  report(error: AshwireError): void;
}

/** Not now, and nothing that this client does changes it: something else will start the outbox again. */
const UNTIL_LATER: readonly string[] = [
  ...['OFFLINE', 'STOPPED', 'KEY_CHANGED', 'KEY_COMPROMISED'],
  ...['UNAUTHENTICATED', 'LOGIN_FAILED', 'SESSION_REVOKED', 'DEVICE_REPLACED', 'NOT_REGISTERED'],
];
/** Says nothing about the message. */
const UNCLEAR: readonly string[] = ['BAD_ANSWER', 'ANSWER_TOO_LARGE'];

/**
 * Sends what waits, in each conversation one at a time and in order. Sealing happens under the conversation's lock and is
 * stored together with the new encryption state; then the same bytes are sent until the server has answered, through lost
 * connections and restarts. Another tab may do the same: the server takes an id once.
 */
export class Outbox {
  private readonly working = new Map<string, { again: boolean; wake: () => void }>();
  private stopped = false;

  constructor(private readonly services: OutboxServices) {}

  /** Starts sending if it is not under way. */
  kick(conversationId: string): void {
    const worker = this.working.get(conversationId);
    if (worker) {
      worker.again = true;
      return;
    }
    this.working.set(conversationId, { again: false, wake: () => undefined });
    this.work(conversationId)
      .catch((error: unknown) => !this.stopped && this.services.report(AshwireError.from(error)))
      .finally(() => {
        const again = this.working.get(conversationId)?.again;
        this.working.delete(conversationId);
        if (again && !this.stopped) this.kick(conversationId);
      });
  }

  /** A new connection: waiting for the old one's refusals makes no sense. */
  wake(): void {
    for (const worker of this.working.values()) worker.wake();
  }

  stop(): void {
    this.stopped = true;
    this.wake();
  }

  /** Ends early when it is to start once more: what is queued meanwhile may have its place before others. */
  private async work(conversationId: string): Promise<void> {
    const messages = await this.services.log.list(conversationId);
    const waiting = messages.filter(({ direction, state }) => direction === 'out' && state === 'queued');
    waiting.sort((left, right) => left.order - right.order);
    for (const { id } of waiting) {
      if (this.working.get(conversationId)?.again || !(await this.settle(conversationId, id))) return;
    }
  }

  /** Tries until the message does not wait any more. False when it has to, and those behind it. */
  private async settle(conversationId: string, id: string): Promise<boolean> {
    const backoff = new Backoff();
    while (!this.stopped) {
      const message = await this.services.log.find(conversationId, id);
      if (message?.state !== 'queued') return true;
      try {
        await this.send(message);
        backoff.succeeded();
      } catch (error) {
        const refusal = await this.refusalOf(error, conversationId);
        if (UNTIL_LATER.includes(refusal.code)) return false;
        const isFinal = !refusal.retryable && !UNCLEAR.includes(refusal.code);
        if (isFinal) await this.fail(message, refusal);
        else await this.pause(conversationId, backoff.next(refusal.retryAfterMs));
      }
    }
    return false;
  }

  /** A state that cannot encrypt is of no use any more; everything that is no refusal goes on to the caller. */
  private async refusalOf(error: unknown, conversationId: string): Promise<AshwireError> {
    if (error instanceof AshwireError) return error;
    if (!(error instanceof CryptoError)) throw error;
    const { store, setup } = this.services;
    try {
      await store.exclusive(`conversation/${conversationId}`, () => setup.reset(conversationId, true));
      return new AshwireError('SESSION_UNAVAILABLE', { reason: error.code }, { cause: error });
    } catch (failure) {
      return AshwireError.from(failure);
    }
  }

  private async send(message: MessageRecord): Promise<void> {
    const { conversationId, id, notAfter, acceptedAt } = message;
    const { clock, sender, log } = this.services;
    const isTooOld = acceptedAt === undefined && message.queuedAt + QUEUE_LIFE_MS <= clock.now();
    if (isTooOld || (notAfter !== undefined && notAfter <= clock.now())) throw new AshwireError('MESSAGE_EXPIRED');
    const envelope = await this.services.store.exclusive(`conversation/${conversationId}`, () => this.seal(message));
    if (!envelope) return;
    const { deviceIds: _, ...sealed } = envelope;
    const request = { conversationId, clientMessageId: id, ...sealed, ...(notAfter === undefined ? {} : { notAfter }) };
    try {
      const { duplicate: __, ...answer } = await sender.emit('message:send', request);
      await log.change(conversationId, async (change) => {
        const current = await change.find(id);
        if (!current) return;
        if (current.forgetAt === undefined) change.save(accepted(current, answer, clock.now()));
        // Recalled while it was on its way.
        else
          change.saveSilently({
            ...current,
            seq: answer.seq,
            incarnation: answer.incarnation,
            owedReceipts: owing(current, 'burn'),
          });
      });
      if ((await log.find(conversationId, id))?.owedReceipts) this.services.onOwed(conversationId);
    } catch (error) {
      if (AshwireError.from(error).code !== 'EPOCH_STALE') throw error;
      await this.reseal(message, envelope);
    }
  }

  /** The stored envelope, or a new one. Undefined when the message is not waiting any more. */
  private async seal({ conversationId, id }: MessageRecord): Promise<Envelope | undefined> {
    const { log, setup, sessions } = this.services;
    const before = await log.find(conversationId, id);
    if (before?.state !== 'queued') return undefined;
    const session = await setup.ensure(conversationId);
    // Setting up a session may have settled this message, or sealed it in another tab.
    const { burnAfterReadSeconds: conversationLimit } = await log.getConversation(conversationId);
    const message = await log.find(conversationId, id);
    const payload = message && payloadOf(message);
    if (message?.state !== 'queued' || !payload) return undefined;
    if (message.envelope) return message.envelope;
    const burnAfterReadSeconds = Math.min(message.burnAfterReadSeconds, conversationLimit);
    const content = { version: 1, conversationId, clientMessageId: id, burnAfterReadSeconds, kind: 'content' } as const;
    const bytes = encodePayload(payload);
    const { ciphertext, write } = await sessions.encrypt(session, bytes, encodeMessageContent(content));
    const { epoch, members } = session;
    const deviceIds = members.map(({ deviceId }) => deviceId);
    const envelope = { epoch, ciphertext, burnAfterReadSeconds, deviceIds };
    return log.change(conversationId, async (change) => {
      const current = await change.find(id);
      change.also(write);
      if (current?.state !== 'queued') return undefined;
      const receipts = members.map(({ userId }) => ({ userId }));
      const isInGroup = change.conversation.kind === 'group';
      change.saveSilently({ ...current, burnAfterReadSeconds, envelope, ...(isInGroup && { receipts }) });
      return envelope;
    });
  }

  /** The server did not take it, as the conversation has moved on: the same message, sealed anew in the new epoch. */
  private async reseal({ conversationId, id }: MessageRecord, refused: Envelope): Promise<void> {
    await this.services.store.exclusive(`conversation/${conversationId}`, async () => {
      await this.services.setup.catchUp(conversationId);
      await this.services.log.change(conversationId, async (change) => {
        const current = await change.find(id);
        if (current?.state !== 'queued' || current.envelope?.ciphertext !== refused.ciphertext) return;
        const { envelope: _, ...rest } = current;
        change.saveSilently(rest);
      });
    });
  }

  private async fail({ conversationId, id, envelope }: MessageRecord, refusal: AshwireError): Promise<void> {
    await this.services.log.change(conversationId, async (change) => {
      const current = await change.find(id);
      // Another tab may have sealed it anew, and got it accepted.
      if (current?.state !== 'queued' || current.envelope?.ciphertext !== (envelope ?? current.envelope)?.ciphertext)
        return;
      const { envelope: _, ...rest } = current;
      const failed = { ...rest, state: 'failed', failure: { code: refusal.code } } as const;
      const isOver = refusal.code === 'MESSAGE_EXPIRED';
      change.save(isOver ? burned(failed, 'expired', this.services.clock.now()) : failed);
    });
  }

  private pause(conversationId: string, milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.services.clock.after(milliseconds, resolve);
      const worker = this.working.get(conversationId);
      if (worker) {
        worker.wake = () => {
          cancel();
          resolve();
        };
      }
    });
  }
}
