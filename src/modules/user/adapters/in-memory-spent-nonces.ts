import type { Clock } from '../../../shared/clock.js';
import { SpentNonces } from '../ports/spent-nonces.port.js';
import { ExpiringMap } from '../domain/expiring-map.js';

export class InMemorySpentNonces extends SpentNonces {
  private readonly spent: ExpiringMap<true>;

  constructor(
    private readonly clock: Clock,
    capacity = 100_000,
  ) {
    super();
    this.spent = new ExpiringMap(clock, capacity);
  }

  spend(nonce: string, expiresAt: number): Promise<boolean> {
    const isFirst = expiresAt > this.clock.now() && this.spent.get(nonce) === undefined;
    if (isFirst) this.spent.set(nonce, true, expiresAt);
    return Promise.resolve(isFirst);
  }
}
