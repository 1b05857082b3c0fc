import QuickLRU from 'quick-lru';
import { type Presence, WHEREABOUTS } from '../../presence/presence.port.js';
import type { Signals } from '../../signals/signals.port.js';

/** A presence that knows the nodes: of each user asked for, those that hold a connection of it. */
export interface Whereabouts extends Presence {
  nodesOf(userIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
}

const CAPACITY = 50_000;
const LIFE_MS = 30_000;

/**
 * On which nodes users are, kept in the process: every push asks. A signal comes when that changes. "Nowhere" is kept as well; what
 * was learned before a gap in the signals is forgotten.
 */
export class UserNodes {
  private readonly known = new QuickLRU<string, readonly string[]>({ maxSize: CAPACITY });
  /** Being read; true when it may have changed since the question. */
  private readonly reading = new Map<string, boolean>();

  constructor(
    private readonly presence: Whereabouts,
    signals: Signals,
  ) {
    signals.on(WHEREABOUTS, (userId) => this.forget(userId));
    signals.onGap(() => this.forgetAll());
  }

  /** Undefined when it has to be asked for. */
  of(userId: string): readonly string[] | undefined {
    return this.known.get(userId);
  }

  /** Reads and remembers it. Each user is read once at a time: the caller sees to that. */
  async read(userIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const found = new Map<string, readonly string[]>();
    try {
      for (let open = userIds; open.length > 0;) {
        for (const userId of open) this.reading.set(userId, false);
        const nodes = await this.presence.nodesOf(open);
        for (const userId of open) found.set(userId, nodes.get(userId) ?? []);
        // An answer from before a change must not outlive it.
        open = open.filter((userId) => this.reading.get(userId));
      }
    } finally {
      for (const userId of userIds) this.reading.delete(userId);
    }
    for (const [userId, nodes] of found) this.known.set(userId, nodes, { maxAge: LIFE_MS * (1 + Math.random()) });
    return found;
  }

  private forget(userId: string): void {
    this.known.delete(userId);
    if (this.reading.has(userId)) this.reading.set(userId, true);
  }

  private forgetAll(): void {
    this.known.clear();
    for (const userId of this.reading.keys()) this.reading.set(userId, true);
  }
}
