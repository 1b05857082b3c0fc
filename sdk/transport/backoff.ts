const FIRST_MS = 500;
const LAST_MS = 30_000;
/** A connection that held for so long was a success. */
export const STABLE_MS = 30_000;

/**
 * How long to wait before the next try: exponential with full jitter between half a second and thirty, so that the clients
 * of a restarted server do not come back as one wave. Only a connection that held for 30 s counts as a success: a server
 * that accepts and closes at once is not hammered.
 */
export class Backoff {
  private attempt = 0;

  constructor(private readonly random: () => number = Math.random) {}

  /** `atLeastMs`: what the server asked for. It asked everyone the same, so the jitter comes on top. */
  next(atLeastMs = 0): number {
    const ceiling = Math.min(LAST_MS, FIRST_MS * 2 ** ++this.attempt);
    return Math.round(Math.max(atLeastMs, FIRST_MS) + this.random() * (ceiling - FIRST_MS));
  }

  /** A connection ended after this time. */
  lasted(milliseconds: number): void {
    if (milliseconds >= STABLE_MS) this.succeeded();
  }

  succeeded(): void {
    this.attempt = 0;
  }
}
