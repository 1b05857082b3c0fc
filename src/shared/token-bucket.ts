/** `burst` tokens at once, refilled by `perSecond`. */
export interface BucketLimit {
  readonly burst: number;
  readonly perSecond: number;
}

/** Counts in two numbers, without a timer: cheap enough to be one per connection and per conversation. */
export class TokenBucket {
  private tokens: number;

  constructor(
    private readonly limit: BucketLimit,
    private refilledAt: number,
  ) {
    this.tokens = limit.burst;
  }

  /** Takes one token; otherwise takes nothing and returns the milliseconds until there is one. 0 means taken. */
  take(now: number): number {
    const elapsed = Math.max(0, now - this.refilledAt);
    this.refilledAt = now;
    this.tokens = Math.min(this.limit.burst, this.tokens + (elapsed * this.limit.perSecond) / 1_000);
    if (this.tokens < 1) return Math.ceil(((1 - this.tokens) * 1_000) / this.limit.perSecond);
    this.tokens -= 1;
    return 0;
  }
}
