/** So many failures within the time are no chance. */
const MOST = 6;
const WITHIN_MS = 10 * 60_000;

/** `resync`: begin from nothing that was believed. `trouble`: that did not help either. */
export type Finding = 'none' | 'resync' | 'trouble';

/**
 * Finds that a client goes round in a circle: its connections end again and again soon after they stood, or it fails to
 * synchronise again and again with what it believes. The first time it is to begin anew, after that to stop trying so hard.
 */
export class LoopDetector {
  private failures: number[] = [];
  private hasBegunAnew = false;

  /** `now` by a clock that never goes back. */
  failed(now: number): Finding {
    this.failures = [...this.failures.filter((at) => now - at < WITHIN_MS), now];
    if (this.failures.length < MOST) return 'none';
    this.failures = [];
    if (this.hasBegunAnew) return 'trouble';
    this.hasBegunAnew = true;
    return 'resync';
  }

  /** Something worked for a while. */
  succeeded(): void {
    this.failures = [];
    this.hasBegunAnew = false;
  }
}
