/** The device's clocks and timers. Tests inject one that they move by hand. */
export abstract class LocalClock {
  /** Wall clock, milliseconds since the epoch. May jump, also backwards. */
  abstract now(): number;
  /** Milliseconds since some moment; never jumps, but may stand still while the device sleeps. */
  abstract monotonic(): number;
  /** Calls `action` once after `milliseconds`; the returned function cancels. `isIdle`: not a reason for a process to live on. */
  abstract after(milliseconds: number, action: () => void, isIdle?: boolean): () => void;
}

/** The longest delay that setTimeout takes; a longer one would fire at once. */
const MAX_DELAY = 2 ** 31 - 1;

export class SystemLocalClock extends LocalClock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  after(milliseconds: number, action: () => void, isIdle = false): () => void {
    const timer: unknown = setTimeout(action, Math.min(Math.max(0, milliseconds), MAX_DELAY));
    // Node only; in a browser a timer is a number.
    if (isIdle && typeof timer === 'object') (timer as { unref?(): void }).unref?.();
    return () => clearTimeout(timer as number);
  }
}
