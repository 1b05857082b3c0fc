import { setTimeout as wait } from 'node:timers/promises';
import { eventually } from './eventually.js';
import type { Pair } from './pair.js';

export interface Traffic {
  readonly messages: number;
  readonly seconds: number;
  /** From the sender's emit to the recipient's listener, in milliseconds, sorted. */
  readonly latencies: readonly number[];
}

/** Counts one run over all pairs; it ends when every message was accepted, delivered and confirmed, each once. */
class Run {
  private readonly senders = new Map<Pair, () => void>();
  private readonly latencies: number[] = [];
  private readonly startedAt = performance.now();
  private sent = 0;
  private accepted = 0;
  private receipted = 0;
  private burned = 0;

  constructor(
    pairs: readonly Pair[],
    private readonly reads: boolean,
    private readonly onReceipt: (pair: Pair) => void = () => undefined,
  ) {
    for (const pair of pairs) this.follow(pair);
  }

  send(pair: Pair): void {
    this.senders.get(pair)?.();
  }

  async finish(expected: number): Promise<Traffic> {
    const counts = (): number[] => [
      ...[this.sent, this.accepted, this.latencies.length, this.receipted],
      ...(this.reads ? [this.burned / 2] : []),
    ];
    const what = this.reads ? 'burned at both sides' : 'confirmed';
    await eventually(
      () => counts().every((count) => count >= expected),
      `${expected} messages ${what}`,
      () => counts().join(),
    );
    const seconds = (performance.now() - this.startedAt) / 1_000;
    if (counts().some((count) => count > expected)) throw new Error(`more than ${expected}: ${counts().join(', ')}`);
    return { messages: expected, seconds, latencies: this.latencies.sort((one, other) => one - other) };
  }

  /** A pair's messages arrive in the order of their sending. */
  private follow(pair: Pair): void {
    const sentAt: number[] = [];
    let delivered = 0;
    this.senders.set(pair, () => {
      sentAt.push(performance.now());
      this.sent += 1;
      pair.send();
    });
    pair.reads = this.reads;
    pair.listener = {
      accepted: () => (this.accepted += 1),
      delivered: () => this.latencies.push(performance.now() - (sentAt[delivered++] ?? Infinity)),
      receipted: () => {
        this.receipted += 1;
        this.onReceipt(pair);
      },
      burned: () => (this.burned += 1),
    };
  }
}

/** `perSecond` messages in all, spread evenly over time and pairs. With `reads`, each is read at once and burns. */
export async function steady(
  pairs: readonly Pair[],
  perSecond: number,
  seconds: number,
  reads = false,
): Promise<Traffic> {
  const run = new Run(pairs, reads);
  const total = perSecond * seconds;
  const startedAt = performance.now();
  for (let sent = 0; sent < total; await wait(1)) {
    const due = Math.min(total, ((performance.now() - startedAt) * perSecond) / 1_000);
    for (; sent < due; sent += 1) run.send(pairs[sent % pairs.length] as Pair);
  }
  return run.finish(total);
}

/** Each pair has `window` messages under way until it has sent `perPair`. */
export function saturated(pairs: readonly Pair[], perPair: number, window: number): Promise<Traffic> {
  const left = new Map(pairs.map((pair) => [pair, perPair]));
  const next = (pair: Pair): void => {
    const remaining = left.get(pair) ?? 0;
    if (remaining === 0) return;
    left.set(pair, remaining - 1);
    run.send(pair);
  };
  const run = new Run(pairs, false, next);
  for (const pair of pairs) for (let index = 0; index < window; index += 1) next(pair);
  return run.finish(perPair * pairs.length);
}

export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(sorted.length * share)] ?? NaN;
