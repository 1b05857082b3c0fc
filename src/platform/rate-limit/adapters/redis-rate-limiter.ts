import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { DomainError } from '../../../shared/domain-error.js';
import type { RedisConnections } from '../../redis/redis-connections.js';
import { RateLimiter, type RateLimit } from '../rate-limiter.port.js';

/** One count for all nodes. Closed: while Redis is away nothing passes. */
export class RedisRateLimiter extends RateLimiter {
  private readonly limiters = new Map<string, RateLimiterRedis>();

  constructor(private readonly redis: RedisConnections) {
    super();
  }

  async consume(scope: string, subject: string, limit: RateLimit): Promise<void> {
    try {
      await this.limiterOf(scope, limit).consume(subject);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw new DomainError('UNAVAILABLE');
      throw new DomainError('RATE_LIMITED', { retryAfterMs: Math.max(1, Math.ceil(refusal.msBeforeNext)) });
    }
  }

  private limiterOf(scope: string, { points, perMs }: RateLimit): RateLimiterRedis {
    let limiter = this.limiters.get(scope);
    if (!limiter) {
      limiter = new RateLimiterRedis({
        storeClient: this.redis.client,
        keyPrefix: `${this.redis.namespace}limit:${scope}`,
        points,
        duration: perMs / 1_000,
        // Who floods is refused from memory until the window is over.
        inMemoryBlockOnConsumed: points + 1,
      });
      this.limiters.set(scope, limiter);
    }
    return limiter;
  }
}
