import type { BurnReason } from '../../src/protocol/payloads/chat.payloads.js';
import type { PaymentOrderKind } from '../../src/protocol/signing.js';
import type { PaymentState } from '../../src/protocol/payloads/payment.payloads.js';

/** Where a message is: sequences count within one incarnation of a conversation's log. */
export interface Place {
  readonly conversation: string;
  readonly incarnation: string;
  readonly seq: number;
}

type Said =
  /** Somebody has pressed the key: from here on the message is tried until it is answered. */
  | { kind: 'sent'; conversation: string; message: string; by: string }
  | ({ kind: 'acked'; message: string; by: string; burnAt: number } & Place)
  /** For good: it was not taken. */
  | { kind: 'refused'; conversation: string; message: string; by: string; code: string }
  /** One attempt came to nothing: refused for now, or no answer. */
  | { kind: 'failed'; by: string; code: string }
  /** A recipient's client has taken it, from a push or the log. */
  | ({ kind: 'shown'; message: string; by: string; to: string } & Place)
  /** An own message in the log. */
  | ({ kind: 'own'; message: string; to: string } & Place)
  /** `to` was told that nothing is there any more; without a reason it is only known to be over. */
  | ({ kind: 'hole'; to: string; reason?: BurnReason } & Place)
  /** `to` looked at the log, from `askedAt` on, and got the ciphertext. */
  | ({ kind: 'readable'; to: string; askedAt: number } & Place)
  /** Reading has moved the end of a message closer. */
  | ({ kind: 'burn-time'; burnAt: number } & Place)
  | ({ kind: 'read-asked'; by: string } & Place)
  | ({ kind: 'recall-asked'; by: string } & Place)
  | ({ kind: 'delivered-asked'; by: string } & Place)
  | ({ kind: 'receipt'; what: 'delivered' | 'read'; from: string; to: string } & Place)
  /** The last look at the log, once everything was quiet. */
  | { kind: 'head'; conversation: string; incarnation: string; headSeq: number; to: string };

type Paid =
  | { kind: 'topped-up'; user: string; amount: number }
  | { kind: 'ordered'; order: string; payer: string; payee: string; amount: number; type: PaymentOrderKind }
  /** A client has seen this answer. */
  | { kind: 'order-answered'; order: string; state: PaymentState }
  | { kind: 'order-refused'; order: string; code: string }
  | { kind: 'order-at-end'; order: string; state: PaymentState | 'none' }
  | { kind: 'balance-at-end'; user: string; available: number; pending: number }
  | { kind: 'entry-at-end'; user: string; reference: string; amount: number };

export type MessageEntry = Said & { readonly at: number };
export type MoneyEntry = Paid & { readonly at: number };
export type HistoryEntry = MessageEntry | MoneyEntry;
export type EntryOf<K extends HistoryEntry['kind']> = Extract<HistoryEntry, { kind: K }>;
type Happening = Said | Paid;

export interface Violation {
  readonly rule: string;
  readonly what: string;
  readonly at: number;
}

/** All that the clients of one run have done and seen, in the order in which they saw it. Times are the wall clock of the clients. */
export class History {
  readonly entries: HistoryEntry[] = [];

  constructor(readonly members = new Map<string, readonly string[]>()) {}

  note(happening: Happening, at = Date.now()): void {
    this.entries.push({ ...happening, at });
  }

  of<K extends HistoryEntry['kind']>(...kinds: readonly K[]): EntryOf<K>[] {
    const wanted = new Set<string>(kinds);
    return this.entries.filter((entry): entry is EntryOf<K> => wanted.has(entry.kind));
  }
}

export const placeOf = ({ conversation, incarnation, seq }: Place): string => `${conversation} ${incarnation} ${seq}`;

export function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
