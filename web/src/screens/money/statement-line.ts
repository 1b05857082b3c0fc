import type { StatementEntry } from '../../../../sdk/index.js';

/** The sentence of an entry, under `money.entry`. */
export type EntrySentence =
  | 'paid'
  | 'received'
  | 'packetSent'
  | 'packetClaimed'
  | 'packetReturned'
  | 'withdrawalReturned'
  | 'toppedUp'
  | 'withdrawn'
  | 'fee';

export function sentenceOf({ kind, amount, counterpartId }: StatementEntry): EntrySentence {
  switch (kind) {
    case 'transfer':
      return amount < 0 ? 'paid' : 'received';
    case 'red-packet':
      return amount < 0 ? 'packetSent' : 'packetClaimed';
    case 'refund':
      // A withdrawal that failed has nobody on the other side.
      return counterpartId === undefined ? 'withdrawalReturned' : 'packetReturned';
    case 'top-up':
      return 'toppedUp';
    case 'withdrawal':
      return 'withdrawn';
    case 'fee':
      return 'fee';
  }
}

export interface StatementRows {
  /** Newest first. */
  readonly entries: readonly StatementEntry[];
  /** Where the older ones begin. */
  readonly nextCursor?: string | undefined;
}

/** With the newest page: on top of what is known where the two meet, in its place where there is a gap between them. */
export function withNewest(known: StatementRows, newest: StatementRows): StatementRows {
  const top = known.entries[0]?.entryId;
  const meets = top !== undefined && newest.entries.some(({ entryId }) => entryId === top);
  if (!meets) return newest;
  const added = newest.entries.filter(({ entryId }) => entryId > top);
  return { ...known, entries: [...added, ...known.entries] };
}

/** With the page behind the known ones. */
export function withOlder(known: StatementRows, older: StatementRows): StatementRows {
  const oldest = known.entries.at(-1)?.entryId ?? Infinity;
  const added = older.entries.filter(({ entryId }) => entryId < oldest);
  return { entries: [...known.entries, ...added], nextCursor: older.nextCursor };
}
