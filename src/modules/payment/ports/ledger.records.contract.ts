import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PaymentRig } from '../spec/payment-rig.fixture.js';
import type { SigningPerson } from '../spec/signing-people.fixture.js';
import type { LedgerRecords } from './ledger.records.port.js';

export interface LedgerRecordsRig {
  readonly rig: PaymentRig;
  readonly records: LedgerRecords;
}

export function describeLedgerRecordsContract(create: () => Promise<LedgerRecordsRig>): void {
  describe('LedgerRecords', () => {
    let rig: PaymentRig;
    let records: LedgerRecords;
    let ann: SigningPerson;
    let bob: SigningPerson;
    beforeEach(async () => {
      ({ rig, records } = await create());
      [ann, bob] = await rig.pair(1_000);
    });
    afterEach(() => rig.close());

    const send = async (kind: 'transfer' | 'red-packet', amount: number): Promise<string> =>
      (await rig.service.place(ann.userId, rig.request(ann, bob, { kind, amount }))).orderId;

    it('reads entries in pages, up to the head', async () => {
      await send('transfer', 1);
      const all = await records.listEntries(0, 10);
      expect(all.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
      expect(await records.listEntries(1, 2)).toEqual(all.slice(1, 3));
      expect(await records.listEntries(4, 10)).toEqual([]);
      expect(await records.head()).toEqual({ seq: 4, hash: all[3]?.hash });
      expect(all.map(({ line, amount }) => [line, amount])).toEqual([
        [0, -1_000],
        [1, 1_000],
        [0, -1],
        [1, 1],
      ]);
    });

    it('reads accounts and documents in pages, by their keys', async () => {
      const orderIds = [await send('transfer', 1), await send('red-packet', 2)].sort();
      const accounts = await records.listAccounts('', 10);
      const ids = accounts.map(({ id }) => id);
      expect(ids).toEqual([...ids].sort());
      expect(accounts.map(({ kind }) => kind).sort()).toEqual(['escrow', 'issue', 'user', 'user']);
      expect(await records.listAccounts(ids[0] ?? '', 2)).toEqual(accounts.slice(1, 3));
      const orders = await Promise.all(orderIds.map((orderId) => rig.orders.find(orderId)));
      const documents = orders.map((record) => ({ table: 'payment_order', record }));
      expect(await records.listDocuments('payment_order', '', 10)).toEqual(documents);
      expect(await records.listDocuments('payment_order', orderIds[0] ?? '', 10)).toEqual(documents.slice(1));
      expect(await records.findDocuments('payment_order', [orderIds[1] ?? '', 'x'])).toEqual(documents.slice(1));
      expect(await records.listDocuments('top_up', '', 10)).toMatchObject([{ record: { userId: ann.userId } }]);
      expect(await records.listDocuments('withdrawal', '', 10)).toEqual([]);
    });

    it('tells which postings there are, and what is reserved', async () => {
      expect(await records.reserved()).toEqual(new Map());
      const [packet, other] = [await send('red-packet', 30), await send('red-packet', 12)];
      await send('transfer', 1);
      expect(await records.findPostings([`order:${packet}`, `order-end:${packet}`])).toEqual(
        new Set([`order:${packet}`]),
      );
      expect(await records.reserved()).toEqual(new Map([['CNY', 42]]));
      await rig.service.claim(bob.userId, other);
      expect(await records.reserved()).toEqual(new Map([['CNY', 30]]));
    });
  });
}
