import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Database } from '../../../platform/database/database.port.js';
import { describeOnDatabases } from '../../../platform/database/spec/databases.fixture.js';
import { entryHash, type Move, type Posting } from '../domain/ledger.js';
import { ensureUserAccount, post, systemAccount } from './ledger.statements.js';
import { LedgerEntryRow, LedgerHeadRow, PaymentAccountRow } from './payment.rows.js';
import { paymentSchema } from './payment.schema.js';

describeOnDatabases((open) => {
  let database: Database;
  let issue: string;
  let fees: string;
  let ann: string;
  beforeEach(async () => {
    database = await open(paymentSchema);
    await database.transaction(async (manager) => {
      [issue, fees] = [await systemAccount(manager, 'issue', 'CNY'), await systemAccount(manager, 'fees', 'CNY')];
      ann = await ensureUserAccount(manager, 'ann', 'CNY', 1);
    });
  });
  afterEach(() => database.close());

  const posted = (postingId: string, ...moves: Move[]): Promise<void> => {
    const posting: Posting = { postingId, kind: 'top-up', reference: 'r', at: 7, moves };
    return database.transaction((manager) => post(manager, posting));
  };
  const entries = (): Promise<LedgerEntryRow[]> =>
    database.read((manager) => manager.find(LedgerEntryRow, { order: { seq: 'ASC' } }));
  const balances = async (): Promise<Record<string, number>> => {
    const rows = await database.read((manager) => manager.find(PaymentAccountRow));
    return Object.fromEntries(rows.map(({ id, balance }) => [id, balance]));
  };

  it('has one account of each kind, user and currency', async () => {
    const again = await Promise.all(
      Array.from({ length: 10 }, () => database.transaction((manager) => ensureUserAccount(manager, 'ann', 'CNY', 9))),
    );
    expect(new Set(again)).toEqual(new Set([ann]));
    const row = { id: 'x', kind: 'issue' as const, userId: '', currency: 'CNY', balance: 0, createdAt: 0 };
    await expect(database.transaction((manager) => manager.insert(PaymentAccountRow, row))).rejects.toThrow(
      /UNIQUE|Duplicate/,
    );
  });

  it('chains the entries of all postings, in the order in which they came', async () => {
    await Promise.all(Array.from({ length: 10 }, (_, n) => posted(`p${n}`, { from: issue, to: ann, amount: n + 1 })));
    let previousHash = '';
    for (const [index, entry] of (await entries()).entries()) {
      expect(entry).toMatchObject({ seq: index + 1, previousHash, at: 7, hash: entryHash(entry) });
      previousHash = entry.hash;
    }
    const head = await database.read((manager) => manager.findOneBy(LedgerHeadRow, { id: 1 }));
    expect(head).toEqual({ id: 1, seq: 20, hash: previousHash });
    expect(await balances()).toEqual({ [issue]: -55, [fees]: 0, [ann]: 55 });
  });

  it('tells the balance after each side of each move', async () => {
    await posted('p', { from: issue, to: ann, amount: 10 }, { from: ann, to: fees, amount: 3, kind: 'fee' });
    const sides = (await entries()).map(({ accountId, kind, amount, balanceAfter }) => [
      accountId,
      kind,
      amount,
      balanceAfter,
    ]);
    expect(sides).toEqual([
      [issue, 'top-up', -10, -10],
      [ann, 'top-up', 10, 10],
      [ann, 'fee', -3, 7],
      [fees, 'fee', 3, 3],
    ]);
  });

  it('moves nothing when one of the moves cannot be', async () => {
    await posted('p', { from: issue, to: ann, amount: 10 });
    const [before, written] = [await balances(), await entries()];
    const tooMuch = posted('q', { from: issue, to: fees, amount: 1 }, { from: ann, to: fees, amount: 11 });
    await expect(tooMuch).rejects.toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
    await expect(posted('q', { from: fees, to: ann, amount: 1 })).rejects.toThrow(/lacks 1/);
    await expect(posted('q', { from: issue, to: 'user:nobody:CNY', amount: 1 })).rejects.toThrow(/is missing/);
    for (const amount of [0, -1, 0.5, 2 ** 53, NaN])
      await expect(posted('q', { from: issue, to: ann, amount })).rejects.toThrow(RangeError);
    expect([await balances(), await entries()]).toEqual([before, written]);
  });

  it('posts no effect twice', async () => {
    const move = { from: issue, to: ann, amount: 10 };
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => posted('p', move)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await balances()).toMatchObject({ [ann]: 10 });
  });

  it.each([
    ['a balance below zero', "UPDATE payment_account SET balance = -1 WHERE kind = 'user'"],
    ['an account of nobody', "UPDATE payment_account SET user_id = '' WHERE kind = 'user'"],
    ['an empty entry', 'UPDATE ledger_entry SET amount = 0'],
    ['a second head', "INSERT INTO ledger_head VALUES (2, 0, '')"],
  ])('has no row with %s', async (_, statement) => {
    await posted('p', { from: issue, to: ann, amount: 10 });
    await expect(database.transaction((manager) => manager.query(statement))).rejects.toThrow(
      /CHECK|UNIQUE|CONSTRAINT|Duplicate/,
    );
  });
});
