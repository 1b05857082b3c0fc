import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { paymentOrderBytes, withdrawalBytes } from '../../protocol/signing.js';
import { RandomIds } from '../../shared/ids.js';
import { TypeormLedgerRecords } from './adapters/typeorm-ledger.records.js';
import { DocumentAudit } from './document.audit.js';
import { entryHash } from './domain/ledger.js';
import { LedgerAudit } from './ledger.audit.js';
import { CURRENCY, type PaymentRig, startPayments } from './spec/payment-rig.fixture.js';
import type { SigningPerson } from './spec/signing-people.fixture.js';

const ids = new RandomIds();

describe('the audit of the ledger', () => {
  let rig: PaymentRig;
  let ann: SigningPerson;
  let bob: SigningPerson;
  /** Order ids. */
  let transfer: string;
  let claimed: string;
  let refunded: string;
  let open: string;
  let leaving: string;
  let left: string;

  /** Ten effects of all kinds, one of them in each state. */
  beforeEach(async () => {
    rig = await startPayments();
    [ann, bob] = await rig.pair(10_000);
    const send = async (kind: 'transfer' | 'red-packet'): Promise<string> =>
      (await rig.service.place(ann.userId, rig.request(ann, bob, { kind }))).orderId;
    [transfer, claimed, refunded] = [await send('transfer'), await send('red-packet'), await send('red-packet')];
    await rig.service.claim(bob.userId, claimed);
    rig.clock.advance(rig.config.payments.redPacketLifeMs);
    await rig.service.expire();
    open = await send('red-packet');
    [leaving, left] = [await withdraw(), await withdraw()];
    const at = rig.clock.now();
    await rig.funding.settle({ kind: 'withdrawal', reference: left, state: 'posted', at });
    await rig.funding.settle({ kind: 'withdrawal', reference: await withdraw(), state: 'voided', at });
  });
  afterEach(() => rig.close());

  async function withdraw(): Promise<string> {
    const now = rig.clock.now();
    const signed = { server: rig.server, withdrawalId: ids.next(), userId: ann.userId, amount: 200 };
    const rest = { currency: CURRENCY, destination: 'account 1', issuedAt: now };
    const signature = ann.sign(withdrawalBytes({ ...signed, ...rest }));
    const times = { createdAt: now, offerAt: now + 1 };
    await rig.funding.beginWithdrawal({ ...signed, ...rest, ...times, fee: 5, identityKey: ann.key, signature });
    return signed.withdrawalId;
  }

  const sql = (statement: string, ...parameters: unknown[]): Promise<unknown> =>
    rig.sql.transaction((manager) => manager.query(statement, parameters));
  const seqOf = async (posting: string): Promise<number> =>
    (await rig.records.listEntries(0, 100)).find(({ postingId }) => postingId === posting)?.seq ?? 0;
  const finding = async (): Promise<string | undefined> => (await rig.audit.run()).finding?.message;
  const user = ({ userId }: SigningPerson): string => `user:${userId}:${CURRENCY}`;

  /** What an insider does who knows how the chain is made. */
  async function forgeChain(): Promise<void> {
    let previousHash = '';
    for (const { hash: _, ...entry } of await rig.records.listEntries(0, 100)) {
      const hash = entryHash({ ...entry, previousHash });
      await sql('UPDATE ledger_entry SET previous_hash = ?, hash = ? WHERE seq = ?', previousHash, hash, entry.seq);
      previousHash = hash;
    }
    await sql('UPDATE ledger_head SET hash = ?', previousHash);
  }

  it('finds nothing wrong with what the code has written', async () => {
    const report = await rig.audit.run();
    expect(report).toMatchObject({ finding: null, orders: 4, accounts: 5 });
    expect(report.head).toEqual(await rig.records.head());
    expect(report.entries).toBe(report.head.seq);
    expect(await rig.audit.run(report.head)).toEqual(report);
  });

  it('of an empty ledger finds nothing', async () => {
    const empty = await startPayments();
    expect(await empty.audit.run()).toMatchObject({ entries: 0, head: { seq: 0, hash: '' }, finding: null });
    await empty.close();
  });

  it.each([
    ['amount', 1],
    ['balance_after', 1],
    ['kind', "'refund'"],
    ['at', 1],
    ['reference', "'x'"],
    ['counterpart_id', "'x'"],
    ['posting_id', "'top-up:x'"],
    ['hash', "'x'"],
  ])('names an entry whose %s was changed', async (column, value) => {
    const seq = await seqOf(`order:${claimed}`);
    await sql(`UPDATE ledger_entry SET "${column}" = ${value} WHERE seq = ?`, seq);
    expect(await finding()).toBe(`ledger_entry ${seq} is not what its hash was made of`);
  });

  it('names an entry after a gap, moved, or out of line', async () => {
    const seq = await seqOf(`order:${transfer}`);
    await sql('UPDATE ledger_entry SET line = 7 WHERE seq = ?', seq);
    expect(await finding()).toBe(`ledger_entry ${seq} is not line 0 of its posting`);
    await sql('DELETE FROM ledger_entry WHERE seq = ?', seq);
    expect(await finding()).toBe(`ledger_entry ${seq + 1} does not follow ${seq - 1}: an entry is missing`);
    await sql('UPDATE ledger_entry SET seq = seq - 1 WHERE seq > ?', seq);
    expect(await finding()).toBe(`ledger_entry ${seq} does not carry the hash of the entry before`);
  });

  it('finds a tail that was cut, with the head left as it was or set back', async () => {
    const noted = await rig.records.head();
    await sql('DELETE FROM ledger_entry WHERE seq > ?', noted.seq - 2);
    expect(await finding()).toBe(`ledger_head 1 says ${noted.seq}, but the last entry is ${noted.seq - 2}`);
    await sql('UPDATE ledger_head SET seq = ?', noted.seq - 2);
    expect(await finding()).toBe('ledger_head 1 does not carry the hash of the last entry');
    await forgeChain();
    expect((await rig.audit.run(noted)).finding?.message).toBe(`ledger_head 1 is before the noted entry ${noted.seq}`);
  });

  it('finds a head that hides entries', async () => {
    const { seq } = await rig.records.head();
    const [last] = await rig.records.listEntries(seq - 3, 1);
    await sql('UPDATE ledger_head SET seq = ?, hash = ?', last?.seq, last?.hash);
    expect(await finding()).toBeDefined();
  });

  it.each([
    ['an amount', 'UPDATE ledger_entry SET amount = amount + 1, balance_after = balance_after + 1 WHERE seq = ?'],
    ['a balance', 'UPDATE ledger_entry SET balance_after = balance_after + 1 WHERE seq = ?'],
    ['a receiver', `UPDATE ledger_entry SET account_id = 'fees:${CURRENCY}', balance_after = 100 WHERE seq = ?`],
    ['a time', 'UPDATE ledger_entry SET at = 1 WHERE seq = ?'],
  ])('finds %s changed by somebody who mends the chain', async (_, statement) => {
    const noted = await rig.records.head();
    await sql(statement, (await seqOf(`order:${transfer}`)) + 1);
    await forgeChain();
    expect(await finding()).toBeDefined();
    expect((await rig.audit.run(noted)).finding).toBeDefined();
  });

  it('finds a chain that was made anew, by a head that was noted', async () => {
    const noted = await rig.records.head();
    await sql("UPDATE ledger_entry SET posting_id = 'top-up:' || reference WHERE posting_id LIKE 'top-up:%'");
    await sql('UPDATE top_up SET settled_at = 1');
    await sql("UPDATE ledger_entry SET at = 1 WHERE kind = 'top-up'");
    await forgeChain();
    expect(await finding()).toBeUndefined();
    const { finding: found } = await rig.audit.run(noted);
    expect(found).toMatchObject({ table: 'ledger_entry', key: noted.seq, problem: 'is another one than was noted' });
  });

  it('finds money from nowhere, though every sum is right', async () => {
    const account = user(bob);
    await sql('UPDATE payment_account SET balance = balance - 50 WHERE kind = ?', 'issue');
    await sql('UPDATE payment_account SET balance = balance + 50 WHERE id = ?', account);
    const { seq } = await rig.records.head();
    const row = [seq + 1, 'top-up:nowhere', 0, `issue:${CURRENCY}`, 'top-up', 'nowhere', -50, -9_850, 1, '', ''];
    const other = [seq + 2, 'top-up:nowhere', 1, account, 'top-up', 'nowhere', 50, 250, 1, '', ''];
    for (const values of [row, other])
      await sql(
        `INSERT INTO ledger_entry (seq, posting_id, line, account_id, kind, reference, amount, balance_after, at,
          previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...values,
      );
    await sql('UPDATE ledger_head SET seq = ?', seq + 2);
    await forgeChain();
    expect(await finding()).toBe(`top_up nowhere is missing: entry ${seq + 1} rests on it`);
  });

  it('names an account whose balance was changed, that is missing or not what its id says', async () => {
    await sql('UPDATE payment_account SET balance = balance + 1 WHERE id = ?', user(bob));
    expect(await finding()).toBe(`payment_account ${user(bob)} has 201, but its entries come to 200`);
    await sql('PRAGMA ignore_check_constraints = 1');
    await sql('UPDATE payment_account SET balance = 200, kind = ? WHERE id = ?', 'fees', user(bob));
    expect(await finding()).toMatch(/is of another kind, user or currency than its id says$/);
    await rig.sql.read((manager) => manager.query('PRAGMA foreign_keys = 0'));
    await sql('DELETE FROM payment_account WHERE id = ?', user(bob));
    expect(await finding()).toBe(`payment_account ${user(bob)} is missing, but has entries`);
  });

  it('finds an escrow that is not what is pending', async () => {
    class Short extends TypeormLedgerRecords {
      override reserved(): Promise<Map<string, number>> {
        return Promise.resolve(new Map([[CURRENCY, 1]]));
      }
    }
    const records = new Short(rig.sql);
    const { finding: found } = await new LedgerAudit(records, new DocumentAudit(records, rig.users)).run();
    expect(found?.message).toBe(
      `payment_account escrow:${CURRENCY} has 305, but pending orders and withdrawals need 1`,
    );
  });

  it.each([
    ['amount', 'amount + 1'],
    ['payee_id', "'x'"],
    ['created_at', '1'],
    ['state', "'pending', settled_at = NULL"],
    ['state', "'voided'"],
    ['settled_at', '1'],
  ])('names an order whose %s was changed', async (column, value) => {
    await sql(`UPDATE payment_order SET ${column} = ${value} WHERE id = ?`, claimed);
    expect(await finding()).toMatch(new RegExp(`^payment_order ${claimed} does not say what entry \\d+ .* has moved$`));
  });

  it('names an order that is missing, or was never posted', async () => {
    await sql("UPDATE payment_order SET state = 'posted', settled_at = 1 WHERE id = ?", open);
    expect(await finding()).toBe(`payment_order ${open} is posted, but order-end:${open} was never posted`);
    await sql('DELETE FROM payment_order WHERE id = ?', refunded);
    const seq = await seqOf(`order:${refunded}`);
    expect(await finding()).toBe(`payment_order ${refunded} is missing: entry ${seq} rests on it`);
  });

  it.each(['issued_at = 1', 'new_key_confirmed = 1', "payee_key = 'x'", "server = 'x'", "signature = 'x'"])(
    'names an order that nobody has signed: %s',
    async (change) => {
      await sql(`UPDATE payment_order SET ${change} WHERE id = ?`, transfer);
      expect(await finding()).toBe(`payment_order ${transfer} is not what its signature was made for`);
    },
  );

  it('names an order that is signed by a key that its payer never had', async () => {
    const order = await rig.orders.find(transfer);
    const signature = order && bob.sign(paymentOrderBytes(order));
    await sql('UPDATE payment_order SET payer_key = ?, signature = ? WHERE id = ?', bob.key, signature, transfer);
    expect(await finding()).toBe(`payment_order ${transfer} is signed by a key that ${ann.userId} never had`);
  });

  it('names withdrawals and top-ups that were changed', async () => {
    await sql("UPDATE withdrawal SET destination = 'mine' WHERE id = ?", leaving);
    expect(await finding()).toBe(`withdrawal ${leaving} is not what its signature was made for`);
    await sql('UPDATE withdrawal SET fee = 6 WHERE id = ?', left);
    expect(await finding()).toMatch(new RegExp(`^withdrawal ${left} does not say what entry`));
    await sql('UPDATE top_up SET amount = 10001');
    expect(await finding()).toMatch(/^top_up .* does not say what entry 1 /);
  });

  it('catches up with a ledger that moves on while it is read', async () => {
    const { records } = rig;
    let moves = 3;
    class Busy extends TypeormLedgerRecords {
      override async listAccounts(afterId: string, limit: number) {
        if ((moves -= 1) >= 0) await rig.service.place(ann.userId, rig.request(ann, bob));
        return records.listAccounts(afterId, limit);
      }
    }
    const busy = new Busy(rig.sql);
    const audit = new LedgerAudit(busy, new DocumentAudit(busy, rig.users));
    const { finding: found, head } = await audit.run();
    expect([found, head]).toEqual([null, await records.head()]);
    moves = Infinity;
    await expect(audit.run()).rejects.toThrow(/quieter time/);
  });
});
