import type { Sample } from './probe.js';
import type { RedisSample } from './redis-pair.js';
import type { Subject } from './subject.js';

/** All that a subject's processes have spent so far. */
export interface Spent {
  readonly nodes: Sample;
  readonly redis?: { readonly primary: RedisSample; readonly replica: RedisSample };
}

export async function spentBy({ nodes, redis }: Subject, question: 'sample' | 'settled' = 'sample'): Promise<Spent> {
  const sample = await nodes.ask(question);
  return redis ? { nodes: sample, redis: await redis.sample() } : { nodes: sample };
}

/** What comes from a client and never from inside a script. */
const ASKED = ['evalsha', 'wait', 'publish', 'spublish'];

/** What each of `count` messages cost between two looks. */
export class Cost {
  constructor(
    private readonly before: Spent,
    private readonly after: Spent,
    private readonly count: number,
  ) {}

  /** CPU µs of the application. */
  get nodes(): number {
    return this.per(this.after.nodes.cpuMicros, this.before.nodes.cpuMicros);
  }

  /** CPU of Redis and what it was asked, if there is one. */
  ofRedis(): (readonly [what: string, value: number])[] {
    const [before, after] = [this.before.redis, this.after.redis];
    if (!before || !after) return [];
    const asked = ASKED.map((name) => {
      const calls = this.per(after.primary.calls.get(name) ?? 0, before.primary.calls.get(name) ?? 0);
      return [`${name.toUpperCase()} a message`, calls] as const;
    });
    return [
      ['Redis primary, CPU µs', this.per(after.primary.cpuMicros, before.primary.cpuMicros)],
      ['Redis replica, CPU µs', this.per(after.replica.cpuMicros, before.replica.cpuMicros)],
      ['commands of Redis a message, those in scripts too', this.per(sum(after.primary), sum(before.primary))],
      ['network reads of the primary a message', this.per(after.primary.reads, before.primary.reads)],
      ...asked.filter(([, calls]) => calls > 0),
    ];
  }

  private per(after: number, before: number): number {
    return (after - before) / this.count;
  }
}

const sum = ({ calls }: RedisSample): number => [...calls.values()].reduce((all, count) => all + count, 0);
