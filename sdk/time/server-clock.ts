import type { LocalClock } from './local-clock.js';

/**
 * The server's time, by which every message burns. Between two samples it follows the monotonic clock, so that setting the
 * device's clock back lengthens no life. A monotonic clock may stand still while the device sleeps; therefore without a
 * connection the later of the two clocks counts, and a new connection brings a new sample.
 */
export class ServerClock {
  private sampledAt: { server: number; monotonic: number; wall: number };
  private connected = false;

  /** `storedOffset`: server minus wall clock in milliseconds, as an earlier run of the client knew it. */
  constructor(
    private readonly local: LocalClock,
    storedOffset = 0,
  ) {
    const wall = local.now();
    this.sampledAt = { server: wall + storedOffset, monotonic: local.monotonic(), wall };
  }

  now(): number {
    const { server, monotonic, wall } = this.sampledAt;
    const bySteps = server + (this.local.monotonic() - monotonic);
    const byWall = server + (this.local.now() - wall);
    return Math.floor(this.connected ? bySteps : Math.max(bySteps, byWall));
  }

  /** Takes a server time that arrived just now. */
  sample(serverTime: number): void {
    this.sampledAt = { server: serverTime, monotonic: this.local.monotonic(), wall: this.local.now() };
    this.connected = true;
  }

  disconnected(): void {
    this.connected = false;
  }

  /** Server minus wall clock: what to store for the next run. */
  get offset(): number {
    return Math.round(this.now() - this.local.now());
  }

  after(milliseconds: number, action: () => void, isIdle = false): () => void {
    return this.local.after(milliseconds, action, isIdle);
  }
}
