import type { Clock } from '../../../shared/clock.js';
import type { SessionEnd } from '../ports/session.store.port.js';
import { SessionRevocations } from '../ports/session-revocations.port.js';
import { ExpiringMap } from '../domain/expiring-map.js';

export class InMemorySessionRevocations extends SessionRevocations {
  private readonly revoked: ExpiringMap<SessionEnd>;

  constructor(
    private readonly clock: Clock,
    private readonly accessTokenMs: number,
  ) {
    super();
    // No cap: forgetting a revocation would let a revoked session in again. Each takes a session that was opened before.
    this.revoked = new ExpiringMap(clock, Number.POSITIVE_INFINITY);
  }

  revoke(sessionId: string, why: SessionEnd): Promise<void> {
    this.revoked.set(sessionId, why, this.clock.now() + this.accessTokenMs);
    return Promise.resolve();
  }

  find(sessionId: string): Promise<SessionEnd | null> {
    return Promise.resolve(this.revoked.get(sessionId) ?? null);
  }
}
