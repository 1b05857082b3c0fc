import type { RedisConnections } from '../../../platform/redis/redis-connections.js';
import type { Clock } from '../../../shared/clock.js';
import { SpentNonces } from '../ports/spent-nonces.port.js';

/** Remembered a little longer than a node whose clock is behind would still take it. */
const SLACK_MS = 5 * 60_000;

export class RedisSpentNonces extends SpentNonces {
  constructor(
    private readonly redis: RedisConnections,
    private readonly clock: Clock,
  ) {
    super();
  }

  async spend(nonce: string, expiresAt: number): Promise<boolean> {
    const life = expiresAt - this.clock.now();
    if (life <= 0) return false;
    const key = `${this.redis.namespace}nonce:${nonce}`;
    return (await this.redis.commands.run('SET', key, '1', 'PX', life + SLACK_MS, 'NX')) !== null;
  }
}
