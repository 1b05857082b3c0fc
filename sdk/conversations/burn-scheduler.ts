import type { ServerClock } from '../time/server-clock.js';
import { afterDue, dueAt } from './message-life.js';
import type { MessageLog } from './message-log.js';

/** Looks again at least this often: another tab may have stored something, and a sleeping device's timers are late. */
const LONGEST_WAIT_MS = 30_000;
const SHORTEST_WAIT_MS = 5;

/** Deletes what is due, by the server's clock and without asking the server. One timer for everything. */
export class BurnScheduler {
  private cancel: (() => void) | undefined;
  private armedFor = Infinity;
  private sweeping: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly log: MessageLog,
    private readonly clock: ServerClock,
    private readonly report: (error: unknown) => void,
  ) {}

  /** Burns what became due while the client was closed; nothing may be shown before this. */
  async start(): Promise<void> {
    this.log.onDue = (at) => this.arm(at);
    await this.sweep();
  }

  stop(): void {
    this.stopped = true;
    this.cancel?.();
  }

  /** Also when the clock was corrected. */
  sweep(): Promise<void> {
    this.sweeping ??= this.sweepOnce().finally(() => (this.sweeping = undefined));
    return this.sweeping;
  }

  private async sweepOnce(): Promise<void> {
    this.armedFor = Infinity;
    let next = this.clock.now() + LONGEST_WAIT_MS;
    for (const message of await this.log.all()) {
      if (dueAt(message) <= this.clock.now()) await this.burn(message.conversationId, message.id);
      else next = Math.min(next, dueAt(message));
    }
    this.arm(next);
  }

  private async burn(conversationId: string, id: string): Promise<void> {
    await this.log.change(conversationId, async (change) => {
      const message = await change.find(id);
      const now = this.clock.now();
      if (!message || dueAt(message) > now) return;
      const next = afterDue(message, now);
      if (next) change.save(next);
      else change.forget(message);
    });
  }

  private arm(at: number): void {
    if (this.stopped || at >= this.armedFor) return;
    this.armedFor = at;
    this.cancel?.();
    const wait = Math.max(SHORTEST_WAIT_MS, at - this.clock.now());
    const look = (): void => {
      this.sweep().catch((error: unknown) => !this.stopped && this.report(error));
    };
    this.cancel = this.clock.after(Math.min(wait, LONGEST_WAIT_MS), look, true);
  }
}
