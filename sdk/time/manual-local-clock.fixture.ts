import { LocalClock } from './local-clock.js';

/** Stands still until moved; the wall clock can be set apart from the monotonic one. */
export class ManualLocalClock extends LocalClock {
  private readonly timers = new Set<{ readonly at: number; readonly action: () => void }>();
  private elapsed = 0;

  constructor(private wall = Date.UTC(2026, 0, 1)) {
    super();
  }

  now(): number {
    return this.wall;
  }

  monotonic(): number {
    return this.elapsed;
  }

  after(milliseconds: number, action: () => void): () => void {
    const timer = { at: this.elapsed + milliseconds, action };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  advance(milliseconds: number): void {
    this.wall += milliseconds;
    this.elapsed += milliseconds;
    for (const timer of [...this.timers].filter(({ at }) => at <= this.elapsed)) {
      this.timers.delete(timer);
      timer.action();
    }
  }

  /** Somebody sets the clock of the device, or it wakes up from a sleep in which the monotonic clock stood still. */
  step(milliseconds: number): void {
    this.wall += milliseconds;
  }
}
