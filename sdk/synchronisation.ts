import type { ConnectionReady } from '../src/protocol/payloads/connection.payloads.js';
import { AshwireError } from './ashwire-error.js';
import type { ClientParts } from './client-parts.js';
import { KINDS } from './store/client-store.js';
import { Backoff, STABLE_MS } from './transport/backoff.js';
import type { Ended } from './transport/connection.js';
import { LoopDetector } from './transport/loop-detector.js';

/** Between two tries of who goes round in a circle, also after beginning anew. */
const TROUBLE_MS = 60_000;

/** What happens on a new connection, in this order: the clock, the friends with their keys, then the conversations. */
export class Synchronisation {
  /** Another connection ends the synchronisation for the one before. */
  private connection = 0;
  private isDone = false;
  private waiting: (() => void)[] = [];
  private readonly loops = new LoopDetector();
  private mustBeginAnew = false;

  constructor(private readonly parts: ClientParts) {}

  /** Resolves as soon as a connection is synchronised. */
  next(): Promise<void> {
    return this.isDone ? Promise.resolve() : new Promise((resolve) => this.waiting.push(resolve));
  }

  readonly online = (ready: ConnectionReady): void => {
    this.connection += 1;
    void this.untilDone(this.connection, ready);
  };

  readonly offline = ({ closing, lastedMs }: Ended): number => {
    this.stop();
    if (lastedMs >= STABLE_MS) this.loops.succeeded();
    const isExplained = closing !== undefined && (closing.code === 'SHUTTING_DOWN' || closing.action !== 'reconnect');
    return lastedMs >= STABLE_MS || isExplained ? 0 : this.failed();
  };

  stop(): void {
    this.connection += 1;
    this.isDone = false;
    this.parts.clock.disconnected();
  }

  private async untilDone(connection: number, ready: ConnectionReady): Promise<void> {
    const { events, clock, localClock } = this.parts;
    clock.sample(ready.serverTime);
    const backoff = new Backoff();
    while (connection === this.connection && !this.parts.closed) {
      try {
        await this.once();
        if (connection !== this.connection) return;
        this.isDone = true;
        for (const resolve of this.waiting.splice(0)) resolve();
        return;
      } catch (error) {
        const failure = AshwireError.from(error);
        if (connection !== this.connection || this.parts.closed) return;
        if (failure.code !== 'OFFLINE') events.emit('error', failure);
        // What may go better later is the server's trouble. What it keeps answering wrongly may be for what is asked from here.
        const stayAwayMs = failure.retryable ? 0 : this.failed();
        const wait = backoff.next(Math.max(failure.retryAfterMs, stayAwayMs));
        await new Promise<void>((resolve) => localClock.after(wait, resolve));
      }
    }
  }

  /** Returns how long to wait at least before the next try. */
  private failed(): number {
    const { events, localClock } = this.parts;
    const finding = this.loops.failed(localClock.monotonic());
    if (finding === 'resync') this.mustBeginAnew = true;
    if (finding !== 'trouble') return 0;
    events.emit('trouble', new AshwireError('UNSTABLE'));
    return TROUBLE_MS;
  }

  /** Every conversation is read from its first message again; what is known is not told twice. */
  private async beginAnew(): Promise<void> {
    const { log } = this.parts.chat;
    for (const { conversationId } of await log.conversations()) {
      await log.change(conversationId, (change) => change.update({ cursor: 0 }));
    }
    this.mustBeginAnew = false;
  }

  private async once(): Promise<void> {
    if (this.mustBeginAnew) await this.beginAnew();
    const { store, clock, chat, friends, groupBook, sender, supply, account, events, paymentOutbox } = this.parts;
    await store.commit(store.put(KINDS.clockOffset, { offset: clock.offset }));
    await chat.burns.sweep();
    if (await account.settlePendingIdentity()) await supply.replenish(true);
    await friends.refresh();
    await groupBook.refresh();
    chat.outbox.wake();
    await chat.sync.all();
    const present = await sender.emit('presence:list', {});
    for (const state of present.friends) events.emit('presence', state);
    const report = (error: unknown): void => {
      if (!this.parts.closed) events.emit('error', AshwireError.from(error));
    };
    void supply.replenish().catch(report);
    void paymentOutbox.settle().catch(report);
  }
}
