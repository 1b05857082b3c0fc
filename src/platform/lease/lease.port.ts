/**
 * One holder at a time among all processes on one database: for jobs that must not run twice at once. A lease guards against
 * wasted and interleaved work, not against a holder that is only slow: what must never happen twice is guarded by the store.
 */
export abstract class Lease {
  /**
   * Runs the work if nobody holds the named lease now; otherwise undefined. Given back when the work ends, also by throwing;
   * errors pass through. A holder that died loses it `forMs` after it took it. Not to be called inside of a transaction.
   */
  abstract hold<T>(name: string, forMs: number, work: () => Promise<T>): Promise<T | undefined>;
}
