import type { PaymentState } from '../../../protocol/payloads/payment.payloads.js';
import type { SignedWithdrawal } from '../../../protocol/signing.js';
import { accountIdOf, type Move, type Posting } from './ledger.js';

/* What top-ups and withdrawals must have moved, for the audit: said here a second time, apart from the code that moves it. */

interface Settling {
  readonly state: PaymentState;
  readonly createdAt: number;
  readonly settledAt: number | null;
}

export interface RecordedTopUp extends Settling {
  readonly topUpId: string;
  readonly userId: string;
  readonly amount: number;
  readonly currency: string;
}

export interface RecordedWithdrawal extends Settling, SignedWithdrawal {
  readonly fee: number;
  readonly identityKey: string;
  readonly signature: string;
}

export function postingsOfTopUp({ topUpId, userId, amount, currency, state, settledAt }: RecordedTopUp): Posting[] {
  if (state !== 'posted') return [];
  const move = { from: accountIdOf('issue', '', currency), to: accountIdOf('user', userId, currency), amount };
  return [{ postingId: `top-up:${topUpId}`, kind: 'top-up', reference: topUpId, at: settledAt ?? 0, moves: [move] }];
}

export function postingsOfWithdrawal(withdrawal: RecordedWithdrawal): Posting[] {
  const { withdrawalId, userId, amount, fee, currency, state, createdAt, settledAt } = withdrawal;
  const user = accountIdOf('user', userId, currency);
  const escrow = accountIdOf('escrow', '', currency);
  const withFee = (from: string, to: string, feeTo: string): Move[] => [
    { from, to, amount },
    ...(fee > 0 ? [{ from, to: feeTo, amount: fee, kind: 'fee' as const }] : []),
  ];
  const shared = { kind: 'withdrawal' as const, reference: withdrawalId };
  const moves = withFee(user, escrow, escrow);
  const start = { ...shared, postingId: `withdrawal:${withdrawalId}`, at: createdAt, moves };
  if (state === 'pending') return [start];
  // One id for both ends: what was paid cannot come back, by the unique key.
  const end = { ...shared, postingId: `withdrawal-end:${withdrawalId}`, at: settledAt ?? 0 };
  if (state === 'voided') {
    const back = [{ from: escrow, to: user, amount: amount + fee }];
    return [start, { ...end, kind: 'refund', moves: back }];
  }
  const paid = withFee(escrow, accountIdOf('issue', '', currency), accountIdOf('fees', '', currency));
  return [start, { ...end, moves: paid }];
}
