/**
 * What is due when, in slots of time: adding is O(1), and so is taking. An item whose time changes is added again; the
 * reader checks the item's own time, so the older mention is harmless.
 */
export class BurnSchedule<T> {
  private readonly slots = new Map<number, T[]>();
  private next: number;

  constructor(
    private readonly slotMs: number,
    now: number,
  ) {
    this.next = this.slotOf(now);
  }

  add(item: T, dueAt: number): void {
    // Rounded up, so that a slot that is over holds only what is due; never into a slot that was taken already.
    const slot = Math.max(this.next, this.slotOf(dueAt) + 1);
    const items = this.slots.get(slot);
    if (items) items.push(item);
    else this.slots.set(slot, [item]);
  }

  /** Takes out at most about `limit` items whose slot is over. Call again until it returns none. */
  take(now: number, limit: number): T[] {
    const taken: T[] = [];
    const current = this.slotOf(now);
    while (this.next <= current && taken.length < limit) {
      if (this.slots.size === 0) {
        this.next = current + 1;
        break;
      }
      const items = this.slots.get(this.next);
      if (items) {
        const part = items.splice(0, limit - taken.length);
        for (const item of part) taken.push(item);
        if (items.length > 0) break;
        this.slots.delete(this.next);
      }
      this.next += 1;
    }
    return taken;
  }

  private slotOf(time: number): number {
    return Math.floor(time / this.slotMs);
  }
}
