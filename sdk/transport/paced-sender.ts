import type { ClientEventName, ClientEvents } from '../../src/protocol/events.js';
import { AshwireError } from '../ashwire-error.js';
import type { LocalClock } from '../time/local-clock.js';
import type { EventSender } from './socket-transport.js';

/** Below the server's own budget of a burst of 40 and 20 a second: a client that breaks it is closed. */
const BURST = 30;
const PER_SECOND = 15;
const TRIES = 4;
/** Who sends these waits by itself, with the state in view. */
const NOT_REPEATED: ReadonlySet<ClientEventName> = new Set(['message:send', 'handshake:submit', 'typing:set']);

/** Spreads events over time, and repeats what was refused for coming too fast. */
export class PacedSender implements EventSender {
  private tokens = BURST;
  private filledAt: number;
  private lastTurn: Promise<void> = Promise.resolve();

  constructor(
    private readonly inner: EventSender,
    private readonly clock: LocalClock,
  ) {
    this.filledAt = clock.monotonic();
  }

  async emit<E extends ClientEventName>(
    event: E,
    request: ClientEvents[E]['request'],
  ): Promise<ClientEvents[E]['result']> {
    for (let attempt = 1; ; attempt++) {
      await this.turn();
      try {
        return await this.inner.emit(event, request);
      } catch (error) {
        const refusal = AshwireError.from(error);
        if (refusal.code !== 'RATE_LIMITED' || NOT_REPEATED.has(event) || attempt === TRIES) throw refusal;
        await this.wait(Math.max(refusal.retryAfterMs, 250 * attempt));
      }
    }
  }

  /** In the order of the calls. */
  private turn(): Promise<void> {
    this.lastTurn = this.lastTurn.then(() => this.take());
    return this.lastTurn;
  }

  private async take(): Promise<void> {
    const now = this.clock.monotonic();
    this.tokens = Math.min(BURST, this.tokens + ((now - this.filledAt) / 1_000) * PER_SECOND);
    this.filledAt = now;
    this.tokens -= 1;
    if (this.tokens < 0) await this.wait((-this.tokens / PER_SECOND) * 1_000);
  }

  private wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.clock.after(milliseconds, resolve));
  }
}
