import type { Clock } from '../../../shared/clock.js';

/**
 * Values that are gone at a given time. Holds at most `capacity`: then the ones put first go first. Its users give all values
 * the same life, so that these are also the next to expire.
 */
export class ExpiringMap<V> {
  private readonly entries = new Map<string, { readonly value: V; readonly expiresAt: number }>();

  constructor(
    private readonly clock: Clock,
    private readonly capacity: number,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: string): V | undefined {
    const entry = this.entries.get(key);
    return entry && entry.expiresAt > this.clock.now() ? entry.value : undefined;
  }

  set(key: string, value: V, expiresAt: number): void {
    this.entries.delete(key);
    this.entries.set(key, { value, expiresAt });
    this.trim();
  }

  take(key: string): V | undefined {
    const value = this.get(key);
    this.entries.delete(key);
    return value;
  }

  private trim(): void {
    const now = this.clock.now();
    for (const [key, { expiresAt }] of this.entries) {
      if (this.entries.size <= this.capacity && expiresAt > now) return;
      this.entries.delete(key);
    }
  }
}
