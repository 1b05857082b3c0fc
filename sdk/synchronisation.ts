import type { ConnectionReady } from '../src/protocol/payloads/connection.payloads.js';
import { AshwireError } from './ashwire-error.js';
import type { ClientParts } from './client-parts.js';
import { KINDS } from './store/client-store.js';
import { Backoff } from './transport/backoff.js';

/** What happens on a new connection, in this order: the clock, the friends with their keys, then the conversations. */
export class Synchronisation {
  /** Another connection ends the synchronisation for the one before. */
  private connection = 0;
  private isDone = false;
  private waiting: (() => void)[] = [];

  constructor(private readonly parts: ClientParts) {}

  /** Resolves as soon as a connection is synchronised. */
  next(): Promise<void> {
    return this.isDone ? Promise.resolve() : new Promise((resolve) => this.waiting.push(resolve));
  }

  readonly online = (ready: ConnectionReady): void => {
    this.connection += 1;
    void this.untilDone(this.connection, ready);
  };

  readonly offline = (): void => {
    this.connection += 1;
    this.isDone = false;
    this.parts.clock.disconnected();
  };

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
        await new Promise<void>((resolve) => localClock.after(backoff.next(failure.retryAfterMs), resolve));
      }
    }
  }

  private async once(): Promise<void> {
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
