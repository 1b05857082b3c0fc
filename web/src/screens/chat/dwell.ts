/** Which of what is on the screen has been there long enough to be seen. */
export class Dwell {
  private readonly since = new Map<string, number>();

  constructor(private readonly neededMs: number) {}

  appeared(id: string, now: number): void {
    this.since.set(id, now);
  }

  left(id: string): void {
    this.since.delete(id);
  }

  /** Nobody was looking until now. */
  restart(now: number): void {
    for (const id of this.since.keys()) this.since.set(id, now);
  }

  /** Each of them once. */
  take(now: number): string[] {
    const due = [...this.since].filter(([, at]) => now - at >= this.neededMs).map(([id]) => id);
    for (const id of due) this.since.delete(id);
    return due;
  }

  get isWaiting(): boolean {
    return this.since.size > 0;
  }
}
