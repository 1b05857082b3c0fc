/** At most `points` in a window of `perMs` milliseconds that opens with the first point taken. */
export interface RateLimit {
  readonly points: number;
  readonly perMs: number;
}

/**
 * Counts what one subject does within a scope. Atomic under concurrency; counts are forgotten with their window and need
 * not survive a restart.
 */
export abstract class RateLimiter {
  /** Takes one point or throws RATE_LIMITED with `retryAfterMs`. A refused try takes nothing. */
  abstract consume(scope: string, subject: string, limit: RateLimit): Promise<void>;
}
