import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RandomIds } from '../../../shared/ids.js';
import type { FundingStore, NewTopUp, NewWithdrawal, Outcome, Settled } from './funding.store.port.js';

export interface FundingRig {
  readonly store: FundingStore;
  /** Of every account that has moved, by `user:<id>`, `escrow`, `issue`, `fees`. */
  balances(): Promise<Readonly<Record<string, number>>>;
  /** How many entries the ledger has. */
  entries(): Promise<number>;
  close(): Promise<void>;
}

const NOW = 1_000;
const ids = new RandomIds();

const newTopUp = (fields: Partial<NewTopUp> = {}): NewTopUp => ({
  topUpId: ids.next(),
  userId: ids.next(),
  amount: 500,
  currency: 'CNY',
  createdAt: NOW,
  expiresAt: NOW + 100,
  ...fields,
});

const newWithdrawal = (fields: Partial<NewWithdrawal> = {}): NewWithdrawal => ({
  withdrawalId: ids.next(),
  userId: ids.next(),
  amount: 400,
  fee: 10,
  currency: 'CNY',
  destination: 'account 1',
  createdAt: NOW,
  server: 'https://chat.example',
  identityKey: 'k'.repeat(43),
  issuedAt: NOW - 1,
  signature: 's'.repeat(86),
  offerAt: NOW + 60,
  ...fields,
});

export function describeFundingStoreContract(create: () => Promise<FundingRig>): void {
  describe('FundingStore', () => {
    let rig: FundingRig;
    let store: FundingStore;
    beforeEach(async () => {
      rig = await create();
      ({ store } = rig);
    });
    afterEach(() => rig.close());

    const settleTopUp = (reference: string, fields: Partial<Outcome> = {}): Promise<Settled> =>
      store.settle({ kind: 'top-up', reference, state: 'posted', at: NOW + 1, ...fields });
    const settleWithdrawal = (reference: string, fields: Partial<Outcome> = {}): Promise<Settled> =>
      store.settle({ kind: 'withdrawal', reference, state: 'posted', at: NOW + 1, ...fields });
    const give = async (userId: string, amount: number): Promise<void> => {
      const { topUpId } = await store.beginTopUp(newTopUp({ userId, amount }));
      await settleTopUp(topUpId);
    };
    const report = (eventId: string, amount = 500, currency = 'CNY') => ({ report: { eventId, amount, currency } });
    const times = <T>(count: number, work: () => Promise<T>): Promise<T[]> =>
      Promise.all(Array.from({ length: count }, work));

    describe('of top-ups', () => {
      it('keeps one as pending and moves nothing, however many begin it at once', async () => {
        const topUp = newTopUp();
        const pending = { ...topUp, state: 'pending', payAt: null };
        expect(await times(20, () => store.beginTopUp(topUp))).toEqual(Array.from({ length: 20 }, () => pending));
        expect(await store.findTopUp(topUp.topUpId)).toEqual(pending);
        expect(await store.findTopUp(ids.next())).toBeNull();
        expect(await rig.entries()).toBe(0);
      });

      it('keeps the first times of one that is begun again, and refuses another one by its id', async () => {
        const topUp = newTopUp();
        await store.beginTopUp(topUp);
        expect(await store.beginTopUp({ ...topUp, createdAt: NOW + 9, expiresAt: NOW + 999 })).toMatchObject(topUp);
        for (const other of [{ amount: 501 }, { currency: 'EUR' }, { userId: ids.next() }]) {
          await expect(store.beginTopUp({ ...topUp, ...other })).rejects.toMatchObject({ code: 'ORDER_ID_REUSED' });
        }
      });

      it('remembers where to pay', async () => {
        const { topUpId } = await store.beginTopUp(newTopUp());
        await store.markTaken('top-up', topUpId, 'https://pay.example/1');
        expect(await store.findTopUp(topUpId)).toMatchObject({ state: 'pending', payAt: 'https://pay.example/1' });
      });

      it('posts one once, of 20 who settle it at once', async () => {
        const { topUpId, userId } = await store.beginTopUp(newTopUp());
        const results = await times(20, () => settleTopUp(topUpId));
        expect(results.filter(({ changed }) => changed)).toHaveLength(1);
        expect(results.every((result) => result.userId === userId && result.state === 'posted')).toBe(true);
        expect(await rig.balances()).toEqual({ [`user:${userId}`]: 500, issue: -500 });
        expect(await rig.entries()).toBe(2);
        expect(await store.findTopUp(topUpId)).toMatchObject({ state: 'posted' });
      });

      it('ends in one state, and tells it, when it is posted and voided at once', async () => {
        const begun = await Promise.all(Array.from({ length: 10 }, () => store.beginTopUp(newTopUp())));
        let posted = 0;
        for (const [n, { topUpId }] of begun.entries()) {
          const states = n % 2 ? (['posted', 'voided'] as const) : (['voided', 'posted'] as const);
          const [one, other] = await Promise.all(states.map((state) => settleTopUp(topUpId, { state })));
          expect([one?.changed, other?.changed].sort()).toEqual([false, true]);
          expect(one?.state).toBe(other?.state);
          if (one?.state === 'posted') posted += 1;
        }
        expect((await rig.balances())['issue'] ?? 0).toBe(-500 * posted);
        expect(await rig.entries()).toBe(2 * posted);
      });

      it('never posts what was voided', async () => {
        const { topUpId } = await store.beginTopUp(newTopUp());
        expect(await settleTopUp(topUpId, { state: 'voided' })).toMatchObject({ state: 'voided', changed: true });
        expect(await settleTopUp(topUpId)).toMatchObject({ state: 'voided', changed: false });
        expect(await rig.entries()).toBe(0);
      });

      it('finds the overdue ones that are pending, oldest first', async () => {
        const late = await store.beginTopUp(newTopUp({ expiresAt: NOW + 20 }));
        const later = await store.beginTopUp(newTopUp({ expiresAt: NOW + 30 }));
        const paid = await store.beginTopUp(newTopUp({ expiresAt: NOW + 10 }));
        await settleTopUp(paid.topUpId);
        expect(await store.listOverdueTopUps(NOW + 19, 10)).toEqual([]);
        expect(await store.listOverdueTopUps(NOW + 30, 10)).toEqual([late.topUpId, later.topUpId]);
        expect(await store.listOverdueTopUps(NOW + 30, 1)).toEqual([late.topUpId]);
      });
    });

    describe('of reports', () => {
      it('counts an event once, however often and for whatever it comes', async () => {
        const one = await store.beginTopUp(newTopUp());
        const other = await store.beginTopUp(newTopUp());
        const results = await times(20, () => settleTopUp(one.topUpId, report('event 1')));
        expect(results.filter(({ changed }) => changed)).toHaveLength(1);
        expect(await settleTopUp(other.topUpId, report('event 1'))).toMatchObject({ state: 'pending', changed: false });
        expect(await settleTopUp(other.topUpId, report('event 2'))).toMatchObject({ state: 'posted', changed: true });
      });

      it('of another amount, currency or reference has no effect, and its event is not spent', async () => {
        const { topUpId } = await store.beginTopUp(newTopUp());
        for (const wrong of [report('event', 499), report('event', 501), report('event', 500, 'EUR')]) {
          await expect(settleTopUp(topUpId, wrong)).rejects.toMatchObject({ code: 'CALLBACK_INVALID' });
        }
        await expect(settleTopUp(ids.next(), report('event'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
        await expect(settleWithdrawal(topUpId, report('event'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
        expect(await store.findTopUp(topUpId)).toMatchObject({ state: 'pending' });
        expect(await settleTopUp(topUpId, report('event'))).toMatchObject({ changed: true });
      });
    });

    describe('of withdrawals', () => {
      let userId: string;
      beforeEach(async () => {
        userId = ids.next();
        await give(userId, 1_000);
      });
      const user = (): string => `user:${userId}`;

      it('reserves amount and fee once, however many begin it at once', async () => {
        const withdrawal = newWithdrawal({ userId });
        const begun = await times(20, () => store.beginWithdrawal(withdrawal));
        expect(begun).toEqual(Array.from({ length: 20 }, () => ({ ...withdrawal, state: 'pending' })));
        expect(await store.findWithdrawal(withdrawal.withdrawalId)).toEqual(begun[0]);
        expect(await store.findWithdrawal(ids.next())).toBeNull();
        expect(await rig.balances()).toEqual({ [user()]: 590, escrow: 410, issue: -1_000 });
      });

      it('lets as many through at once as the balance has, and keeps nothing of the others', async () => {
        const all = Array.from({ length: 20 }, () => newWithdrawal({ userId, amount: 300, fee: 0 }));
        const results = await Promise.allSettled(all.map((withdrawal) => store.beginWithdrawal(withdrawal)));
        expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
        for (const [n, result] of results.entries()) {
          if (result.status === 'fulfilled') continue;
          expect(result.reason).toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
          expect(await store.findWithdrawal(all[n]?.withdrawalId ?? '')).toBeNull();
        }
        expect(await rig.balances()).toEqual({ [user()]: 100, escrow: 900, issue: -1_000 });
      });

      it('needs the fee too', async () => {
        const begun = store.beginWithdrawal(newWithdrawal({ userId, amount: 1_000, fee: 1 }));
        await expect(begun).rejects.toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
        await store.beginWithdrawal(newWithdrawal({ userId, amount: 999, fee: 1 }));
      });

      it('refuses another one by its id', async () => {
        const withdrawal = newWithdrawal({ userId });
        await store.beginWithdrawal(withdrawal);
        const others = [
          { amount: 401 },
          { currency: 'EUR' },
          { destination: 'account 2' },
          { issuedAt: NOW },
          { signature: 't'.repeat(86) },
          { userId: ids.next() },
        ];
        for (const other of others) {
          const again = store.beginWithdrawal({ ...withdrawal, ...other });
          await expect(again).rejects.toMatchObject({ code: 'ORDER_ID_REUSED' });
        }
        expect(await store.beginWithdrawal({ ...withdrawal, createdAt: NOW + 5, fee: 99 })).toMatchObject(withdrawal);
      });

      it('pays out once, of 20 who settle it at once; the fee is kept', async () => {
        const { withdrawalId } = await store.beginWithdrawal(newWithdrawal({ userId }));
        const results = await times(20, () => settleWithdrawal(withdrawalId, report('event', 400)));
        expect(results.filter(({ changed }) => changed)).toHaveLength(1);
        expect(await rig.balances()).toEqual({ [user()]: 590, escrow: 0, issue: -600, fees: 10 });
      });

      it('is paid out or given back with its fee, never both, when both are tried at once', async () => {
        for (const states of [['posted', 'voided'] as const, ['voided', 'posted'] as const]) {
          const { withdrawalId } = await store.beginWithdrawal(newWithdrawal({ userId }));
          const before = await rig.balances();
          const settled = await Promise.all(states.map((state) => settleWithdrawal(withdrawalId, { state })));
          expect(settled.map(({ changed }) => changed).sort()).toEqual([false, true]);
          const after = await rig.balances();
          expect(after['escrow']).toBe(0);
          const back = settled[0]?.state === 'voided' ? 410 : 0;
          expect(after[user()]).toBe((before[user()] ?? 0) + back);
          expect(Object.values(after).reduce((sum, balance) => sum + balance, 0)).toBe(0);
        }
      });

      it('is offered when its time comes, to one of many, and not once it is taken or settled', async () => {
        const offered = async (now: number): Promise<string[]> =>
          (await times(5, () => store.takeOffers(now, now + 60, 10))).flat().map(({ withdrawalId }) => withdrawalId);
        const { withdrawalId } = await store.beginWithdrawal(newWithdrawal({ userId, amount: 100 }));
        const other = await store.beginWithdrawal(newWithdrawal({ userId, amount: 100 }));
        await store.markTaken('withdrawal', other.withdrawalId);
        expect(await store.findWithdrawal(other.withdrawalId)).toMatchObject({ state: 'pending', offerAt: null });
        expect(await offered(NOW + 59)).toEqual([]);
        expect(await offered(NOW + 60)).toEqual([withdrawalId]);
        expect(await offered(NOW + 119)).toEqual([]);
        expect(await offered(NOW + 120)).toEqual([withdrawalId]);
        await settleWithdrawal(withdrawalId);
        expect(await offered(NOW + 999)).toEqual([]);
      });
    });
  });
}
