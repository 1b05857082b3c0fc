import { type EntityManager, In } from 'typeorm';
import { insertMissing } from '../../../platform/database/insert-missing.js';
import { DomainError } from '../../../shared/domain-error.js';
import {
  accountIdOf,
  type AccountKind,
  entryHash,
  type EntryLine,
  linesOf,
  type Posting,
  type SystemAccountKind,
} from '../domain/ledger.js';
import { LedgerEntryRow, LedgerHeadRow, PaymentAccountRow } from './payment.rows.js';

/*
 * The only statements that change balances and append entries. Each runs in the transaction of its caller, which changes the
 * row of the order, top-up or withdrawal first, then calls `post`.
 */

export type { Move, Posting } from '../domain/ledger.js';

/** Its id; opens it if need be. */
export const ensureUserAccount = (
  manager: EntityManager,
  userId: string,
  currency: string,
  now: number,
): Promise<string> => ensureAccount(manager, 'user', userId, currency, now);

/** Its id; opens it if need be. */
export const systemAccount = (manager: EntityManager, kind: SystemAccountKind, currency: string): Promise<string> =>
  ensureAccount(manager, kind, '', currency, 0);

async function ensureAccount(
  manager: EntityManager,
  kind: AccountKind,
  userId: string,
  currency: string,
  createdAt: number,
): Promise<string> {
  const id = accountIdOf(kind, userId, currency);
  if (await manager.existsBy(PaymentAccountRow, { id })) return id;
  // The head before the account, as in `post`: who waits for the same new account must not hold it while waiting for the head.
  await manager.increment(LedgerHeadRow, { id: 1 }, 'seq', 0);
  await insertMissing(manager, PaymentAccountRow, { id, kind, userId, currency, balance: 0, createdAt });
  return id;
}

/**
 * Moves money and writes it down. Throws INSUFFICIENT_FUNDS when a user's account lacks it. The head of the chain is taken
 * first, so postings come one after the other on every SQL database: what is read after that is what the one before left.
 */
export async function post(manager: EntityManager, posting: Posting): Promise<void> {
  const lines = linesOf(posting);
  const head = await takeHead(manager, lines.length);
  const balances = await moveBalances(manager, netOf(lines));
  let { seq, hash } = head;
  for (const [line, entry] of lines.entries()) {
    const balanceAfter = (balances.get(entry.accountId) ?? 0) + entry.amount;
    balances.set(entry.accountId, balanceAfter);
    seq += 1;
    const row = { ...entry, seq, line, balanceAfter, previousHash: hash };
    hash = entryHash(row);
    await manager.insert(LedgerEntryRow, { ...row, hash });
  }
  await manager.update(LedgerHeadRow, { id: 1 }, { hash });
}

function netOf(lines: readonly EntryLine[]): Map<string, number> {
  const net = new Map<string, number>();
  for (const { accountId, amount } of lines) net.set(accountId, (net.get(accountId) ?? 0) + amount);
  return net;
}

/** Locks the head for this transaction; returns where the new entries follow. */
async function takeHead(manager: EntityManager, entries: number): Promise<{ seq: number; hash: string }> {
  await manager.increment(LedgerHeadRow, { id: 1 }, 'seq', entries);
  const { seq, hash } = await manager.findOneByOrFail(LedgerHeadRow, { id: 1 });
  return { seq: seq - entries, hash };
}

/** In the order of the ids. Returns the balances from before. */
async function moveBalances(manager: EntityManager, net: ReadonlyMap<string, number>): Promise<Map<string, number>> {
  const ids = [...net.keys()].sort();
  for (const id of ids) await moveBalance(manager, id, net.get(id) ?? 0);
  const rows = await manager.findBy(PaymentAccountRow, { id: In(ids) });
  return new Map(rows.map(({ id, balance }) => [id, balance - (net.get(id) ?? 0)]));
}

/** Only the issue account may go below zero: it has what was issued. */
async function moveBalance(manager: EntityManager, id: string, amount: number): Promise<void> {
  const result = await manager
    .createQueryBuilder()
    .update(PaymentAccountRow)
    .set({ balance: () => 'balance - :taken' })
    .where("id = :id AND (balance >= :taken OR kind = 'issue')", { id, taken: -amount })
    .execute();
  if (result.affected === 1) return;
  if (amount < 0 && id.startsWith('user:')) throw new DomainError('INSUFFICIENT_FUNDS');
  throw new Error(`account ${id} is missing or lacks ${-amount}`);
}
