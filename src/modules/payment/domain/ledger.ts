import { createHash } from 'node:crypto';
import type { StatementKind } from '../../../protocol/payloads/payment.payloads.js';
import { SIGNATURE_DOMAINS, signedBytes } from '../../../protocol/signing.js';

/**
 * Where money can be. `issue` is where it comes from and goes to, so its balance is what is in circulation, negative; `escrow`
 * has what is reserved. Every posting sums to zero, and so do all accounts.
 */
export const ACCOUNT_KINDS = ['user', 'escrow', 'issue', 'fees'] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];
export type SystemAccountKind = Exclude<AccountKind, 'user'>;

/** There is one account of each kind, user and currency. `userId` is '' for the accounts of the system. */
export function accountIdOf(kind: AccountKind, userId: string, currency: string): string {
  return [kind, ...(userId === '' ? [] : [userId]), currency].join(':');
}

export interface Move {
  /** Account ids. */
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  /** Where it differs from the posting's. */
  readonly kind?: StatementKind;
  /** The other user, as the statements of the two accounts show it. */
  readonly fromCounterpartId?: string;
  readonly toCounterpartId?: string;
}

/** Moves that happen together. */
export interface Posting {
  /** Names the effect, `order:<id>` for example: a unique key, so that no effect is posted twice. At most 40 characters. */
  readonly postingId: string;
  readonly kind: StatementKind;
  /** The order, top-up or withdrawal. */
  readonly reference: string;
  readonly at: number;
  readonly moves: readonly Move[];
}

/** One side of a move: money that came to an account, or left it. */
export interface LedgerEntry {
  /** Contiguous from 1 over all accounts. */
  readonly seq: number;
  readonly postingId: string;
  readonly accountId: string;
  readonly kind: StatementKind;
  readonly reference: string;
  readonly counterpartId: string | null;
  readonly amount: number;
  readonly balanceAfter: number;
  readonly at: number;
  /** '' for the first. */
  readonly previousHash: string;
}

export type EntryLine = Omit<LedgerEntry, 'seq' | 'balanceAfter' | 'previousHash'>;

/** The two sides of each move. */
export function linesOf({ postingId, reference, at, moves, ...posting }: Posting): EntryLine[] {
  return moves.flatMap(({ from, to, amount, kind = posting.kind, fromCounterpartId, toCounterpartId }) => {
    if (!Number.isSafeInteger(amount) || amount <= 0) throw new RangeError('a move needs a positive amount');
    const shared = { postingId, kind, reference, at };
    return [
      { ...shared, accountId: from, amount: -amount, counterpartId: fromCounterpartId ?? null },
      { ...shared, accountId: to, amount, counterpartId: toCounterpartId ?? null },
    ];
  });
}

/** Covers every field, and through the previous hash all that was before. */
export function entryHash(entry: LedgerEntry): string {
  const { seq, postingId, accountId, kind, reference, counterpartId, amount, balanceAfter, at, previousHash } = entry;
  const fields = [seq, postingId, accountId, kind, reference, counterpartId ?? '', amount, balanceAfter, at] as const;
  const bytes = signedBytes(SIGNATURE_DOMAINS.ledgerEntry, ...fields, previousHash);
  return createHash('sha256').update(bytes).digest('base64url');
}
