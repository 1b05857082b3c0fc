import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { DomainError } from '../../../shared/domain-error.js';
import { RateLimiter, type RateLimit } from '../rate-limiter.port.js';

export class InMemoryRateLimiter extends RateLimiter {
  private readonly limiters = new Map<string, RateLimiterMemory>();

  async consume(scope: string, subject: string, limit: RateLimit): Promise<void> {
    try {
      await this.limiterOf(scope, limit).consume(subject);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      throw new DomainError('RATE_LIMITED', { retryAfterMs: Math.max(1, Math.ceil(refusal.msBeforeNext)) });
    }
  }

  private limiterOf(scope: string, limit: RateLimit): RateLimiterMemory {
    let limiter = this.limiters.get(scope);
    if (!limiter) {
      limiter = new RateLimiterMemory({ keyPrefix: scope, points: limit.points, duration: limit.perMs / 1_000 });
      this.limiters.set(scope, limiter);
    }
    return limiter;
  }
}
