/** Wall-clock time in milliseconds since the epoch, and timers that follow it. Tests inject a clock they move by hand. */
export abstract class Clock {
  abstract now(): number;
}

export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }
}

/** A clock for tests: stands still until moved. */
export class ManualClock extends Clock {
  constructor(private time: number = Date.UTC(2026, 0, 1)) {
    super();
  }

  now(): number {
    return this.time;
  }

  advance(milliseconds: number): void {
    this.time += milliseconds;
  }
}
