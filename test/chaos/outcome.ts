import { type EntryOf, type History, placeOf, type Violation } from './history.js';

export interface Mark {
  readonly at: number;
  readonly what: string;
}

/** From when and until when something was broken, by the wall clock. */
export interface Window {
  readonly from: number;
  readonly until: number;
}

/** What one fault came to. */
export interface Outcome {
  readonly fault: string;
  readonly story: string;
  readonly history: History;
  readonly window: Window;
  readonly backFrom: 'fault' | 'heal';
  readonly marks: readonly Mark[];
  readonly violations: readonly Violation[];
  /** In milliseconds; absent where nothing was sent. */
  readonly recovery: { readonly p50: number; readonly max: number } | undefined;
  /** The last line of the ledger's audit. */
  readonly audit: string;
  readonly reconnects: number;
}

export interface Counts {
  readonly sent: number;
  readonly acked: number;
  readonly delivered: number;
  readonly burned: number;
  readonly expired: number;
  readonly refused: number;
  readonly failed: number;
  readonly orders: number;
}

export function countsOf(history: History): Counts {
  const holes = history.of('hole');
  const ended = (...reasons: readonly string[]): number =>
    new Set(holes.filter(({ reason }) => reason !== undefined && reasons.includes(reason)).map(placeOf)).size;
  return {
    sent: history.of('sent').length,
    acked: history.of('acked').length,
    delivered: history.of('shown').length,
    burned: ended('read', 'recalled'),
    expired: ended('expired'),
    refused: history.of('refused').length,
    failed: history.of('failed').length,
    orders: history.of('order-answered').length,
  };
}

/**
 * How long after `since` each sender in each conversation was last kept waiting: until what had been pressed by then, or while
 * the system was away, was acknowledged. The median and the last of them.
 */
export function recoveryOf(history: History, since: number, until: number): Outcome['recovery'] {
  const acks = new Map(history.of('acked').map(({ message, at }) => [message, at]));
  const waits = new Map<string, number>();
  for (const { message, by, conversation, at } of history.of('sent')) {
    const ackedAt = acks.get(message) ?? until;
    if (at > until || ackedAt < since) continue;
    const sender = `${by} ${conversation}`;
    const waited = ackedAt - at > SLOW_MS ? ackedAt - since : 0;
    waits.set(sender, Math.max(waits.get(sender) ?? 0, waited));
  }
  const sorted = [...waits.values()].toSorted((one, other) => one - other);
  const max = sorted.at(-1);
  return max === undefined ? undefined : { p50: sorted[Math.floor(sorted.length / 2)] ?? 0, max };
}

/** Quicker answers than this are what a busy machine gives anyway. */
const SLOW_MS = 1_000;

/** What stays without an answer, although everything runs again. */
export function unanswered(history: History): Violation[] {
  const answered = new Set(history.of('acked', 'refused').map(({ message }) => message));
  const ordersAnswered = new Set(history.of('order-answered', 'order-refused').map(({ order }) => order));
  const endsOf = new Set(history.of('order-at-end').map(({ order }) => order));
  const stuck = ({ message, at }: EntryOf<'sent'>): Violation[] =>
    answered.has(message) ? [] : [{ rule: 'never answered', what: `message ${message}`, at }];
  const unpaid = ({ order, at }: EntryOf<'ordered'>): Violation[] =>
    ordersAnswered.has(order) && endsOf.has(order) ? [] : [{ rule: 'never answered', what: `order ${order}`, at }];
  return [...history.of('sent').flatMap(stuck), ...history.of('ordered').flatMap(unpaid)];
}
