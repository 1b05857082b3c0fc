import type { EntityManager } from 'typeorm';
import { ensureUserAccount, type Move, post, systemAccount } from './ledger.statements.js';
import type { TopUpRow, WithdrawalRow } from './payment.rows.js';

/* How top-ups and withdrawals move money. Each runs in the transaction that has changed the row, and only there. */

type Reserved = Pick<WithdrawalRow, 'id' | 'userId' | 'amount' | 'fee' | 'currency' | 'createdAt'>;

export async function moveToUser(manager: EntityManager, topUp: TopUpRow, at: number): Promise<void> {
  const { id, userId, amount, currency } = topUp;
  const from = await systemAccount(manager, 'issue', currency);
  const to = await ensureUserAccount(manager, userId, currency, at);
  const moves = [{ from, to, amount }];
  await post(manager, { postingId: `top-up:${id}`, kind: 'top-up', reference: id, at, moves });
}

/** Throws INSUFFICIENT_FUNDS. */
export async function moveToEscrow(manager: EntityManager, withdrawal: Reserved): Promise<void> {
  const { id, userId, amount, fee, currency, createdAt: at } = withdrawal;
  const from = await ensureUserAccount(manager, userId, currency, at);
  const to = await systemAccount(manager, 'escrow', currency);
  const moves: Move[] = [{ from, to, amount }];
  if (fee > 0) moves.push({ from, to, amount: fee, kind: 'fee' });
  await post(manager, { postingId: `withdrawal:${id}`, kind: 'withdrawal', reference: id, at, moves });
}

export async function moveFromEscrow(manager: EntityManager, withdrawal: WithdrawalRow, at: number): Promise<void> {
  const { id, userId, amount, fee, currency, state } = withdrawal;
  const from = await systemAccount(manager, 'escrow', currency);
  if (state === 'voided') {
    const moves = [{ from, to: await ensureUserAccount(manager, userId, currency, at), amount: amount + fee }];
    return post(manager, { postingId: `withdrawal-end:${id}`, kind: 'refund', reference: id, at, moves });
  }
  const moves: Move[] = [{ from, to: await systemAccount(manager, 'issue', currency), amount }];
  if (fee > 0) moves.push({ from, to: await systemAccount(manager, 'fees', currency), amount: fee, kind: 'fee' });
  return post(manager, { postingId: `withdrawal-end:${id}`, kind: 'withdrawal', reference: id, at, moves });
}
