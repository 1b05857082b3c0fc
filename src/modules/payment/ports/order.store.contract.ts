import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DomainError } from '../../../shared/domain-error.js';
import { RandomIds } from '../../../shared/ids.js';
import type { PaymentOrder } from '../domain/payment-order.js';
import { startOrder } from '../domain/payment-order.js';
import type { Effect, OrderStore } from './order.store.port.js';

export interface OrderRig {
  readonly store: OrderStore;
  /** Issues money to a user. */
  give(userId: string, amount: number): Promise<void>;
  /** Of every account. */
  balances(): Promise<number[]>;
  close(): Promise<void>;
}

const NOW = Date.UTC(2026, 0, 1, 12);
const LIFE = 1_000;
const DAY = 24 * 60 * 60_000;
const ids = new RandomIds();

export function describeOrderStoreContract(create: () => Promise<OrderRig>): void {
  describe('OrderStore', () => {
    let rig: OrderRig;
    let store: OrderStore;
    let ann: string;
    let bob: string;
    beforeEach(async () => {
      rig = await create();
      ({ store } = rig);
      [ann, bob] = [ids.next(), ids.next()];
      await rig.give(ann, 1_000);
    });
    afterEach(() => rig.close());

    const newOrder = (fields: Partial<PaymentOrder> = {}, at = NOW): PaymentOrder => {
      const signed = { server: 's', orderId: ids.next(), kind: 'transfer' as const, payerId: ann, payeeId: bob };
      const money = { amount: 100, currency: 'CNY', issuedAt: at, newKeyConfirmed: false };
      const keys = { payeeKey: 'k'.repeat(43), payerKey: 'p'.repeat(43), signature: 's'.repeat(86) };
      return { ...startOrder({ ...signed, ...money, ...keys, ...fields }, at, LIFE) };
    };
    const packet = (fields: Partial<PaymentOrder> = {}): PaymentOrder => newOrder({ kind: 'red-packet', ...fields });
    const admit = (): Promise<void> => Promise.resolve();
    const place = (order: PaymentOrder, maxPerDay = 1_000_000): Promise<Effect> =>
      store.place({ order, maxPerDay, admit });
    const available = async (...users: string[]): Promise<number[]> =>
      Promise.all(users.map(async (user) => (await store.balance(user, 'CNY')).available));
    const codes = (results: readonly PromiseSettledResult<unknown>[]): string[] =>
      results.flatMap((result) => (result.status === 'rejected' ? (result.reason as DomainError).code : []));
    const conserves = async (): Promise<void> =>
      expect((await rig.balances()).reduce((sum, balance) => sum + balance, 0)).toBe(0);

    it('posts a transfer at once', async () => {
      const order = newOrder();
      expect(await place(order)).toEqual({ order, isNew: true });
      expect(await store.find(order.orderId)).toEqual(order);
      expect(order).toMatchObject({ state: 'posted', settledAt: NOW, expiresAt: null });
      expect(await available(ann, bob)).toEqual([900, 100]);
      expect(await store.find(ids.next())).toBeNull();
      await conserves();
    });

    it('reserves a packet until it is claimed, by its payee only, with one effect', async () => {
      const order = packet();
      await place(order);
      expect(await store.balance(ann, 'CNY')).toEqual({ available: 900, pending: 100 });
      for (const stranger of [ann, ids.next()])
        await expect(store.claim(order.orderId, stranger, NOW)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      const claims = await Promise.all(Array.from({ length: 50 }, () => store.claim(order.orderId, bob, NOW + 1)));
      const posted = { ...order, state: 'posted', settledAt: NOW + 1 };
      expect(claims.map((claim) => claim.order)).toEqual(claims.map(() => posted));
      expect(claims.filter(({ isNew }) => isNew)).toHaveLength(1);
      expect(await store.balance(ann, 'CNY')).toEqual({ available: 900, pending: 0 });
      expect(await available(bob)).toEqual([100]);
      await conserves();
    });

    it('lists to payer and payee what waits, oldest first', async () => {
      const [first, second, claimed] = [packet(), newOrder({ kind: 'red-packet' }, NOW + 1), packet()];
      for (const order of [second, first, claimed, newOrder()]) await place(order);
      await store.claim(claimed.orderId, bob, NOW + 1);
      for (const userId of [ann, bob]) expect(await store.listPending(userId, 100)).toEqual([first, second]);
      expect(await store.listPending(ann, 1)).toEqual([first]);
      expect(await store.listPending(ids.next(), 100)).toEqual([]);
    });

    it('finds nothing to claim in a transfer', async () => {
      const order = newOrder();
      await place(order);
      await expect(store.claim(order.orderId, bob, NOW)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    it('lets a packet be claimed before its end and refunded from its end on', async () => {
      const [early, late] = [packet(), packet()];
      for (const order of [early, late]) await place(order);
      expect(await store.expire(early.orderId, NOW + LIFE - 1)).toBeNull();
      expect((await store.claim(early.orderId, bob, NOW + LIFE - 1)).isNew).toBe(true);
      await expect(store.claim(late.orderId, bob, NOW + LIFE)).rejects.toMatchObject({ code: 'ORDER_EXPIRED' });
      expect(await store.listDue(NOW + LIFE - 1, 10)).toEqual([]);
      expect(await store.listDue(NOW + LIFE, 10)).toEqual([late.orderId]);
      const voided = { ...late, state: 'voided', settledAt: NOW + LIFE };
      expect(await store.expire(late.orderId, NOW + LIFE)).toEqual(voided);
      expect(await store.expire(late.orderId, NOW + LIFE)).toBeNull();
      expect(await store.expire(early.orderId, NOW + LIFE)).toBeNull();
      await expect(store.claim(late.orderId, bob, NOW)).rejects.toMatchObject({ code: 'ORDER_EXPIRED' });
      expect(await available(ann, bob)).toEqual([900, 100]);
      await conserves();
    });

    it('ends a packet once when it is claimed and expires at the same time', async () => {
      for (let round = 0; round < 10; round += 1) {
        const order = packet({ amount: 10 });
        await place(order);
        const claim = (): Promise<unknown> => store.claim(order.orderId, bob, NOW + LIFE - 1);
        const expire = (): Promise<unknown> => store.expire(order.orderId, NOW + LIFE);
        const results = await Promise.allSettled(round % 2 ? [claim(), expire()] : [expire(), claim()]);
        const { state } = (await store.find(order.orderId)) ?? {};
        expect(codes(results)).toEqual(state === 'posted' ? [] : ['ORDER_EXPIRED']);
        expect((await store.balance(ann, 'CNY')).pending).toBe(0);
        await conserves();
      }
      const [left = 0, got = 0] = await available(ann, bob);
      expect(left + got).toBe(1_000);
    });

    it('lets through exactly what a balance affords, of 50 at once', async () => {
      const results = await Promise.allSettled(Array.from({ length: 50 }, () => place(newOrder({ amount: 300 }))));
      expect(codes(results)).toEqual(Array.from({ length: 47 }, () => 'INSUFFICIENT_FUNDS'));
      expect(await available(ann, bob)).toEqual([100, 900]);
      await conserves();
    });

    it('keeps nothing of a refused order', async () => {
      const order = newOrder({ amount: 1_001 });
      await expect(place(order)).rejects.toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
      expect(await store.find(order.orderId)).toBeNull();
      await expect(place(newOrder({ amount: 600 }), 600)).resolves.toMatchObject({ isNew: true });
      const refused = store.place({ order, maxPerDay: 1, admit: () => Promise.reject(new DomainError('NOT_FOUND')) });
      await expect(refused).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(await store.find(order.orderId)).toBeNull();
    });

    it('has one effect per order, of 50 at once and later; repetitions are not judged', async () => {
      const order = newOrder();
      let admitted = 0;
      const count = (): Promise<void> => Promise.resolve(void (admitted += 1));
      const placing = { order, maxPerDay: 100, admit: count };
      const effects = await Promise.all(Array.from({ length: 50 }, () => store.place(placing)));
      expect(effects.filter(({ isNew }) => isNew)).toHaveLength(1);
      const later = { ...order, createdAt: NOW + DAY, settledAt: NOW + DAY, signature: 't'.repeat(86) };
      expect(await store.place({ ...placing, order: later })).toEqual({ order, isNew: false });
      expect(admitted).toBe(1);
      expect(await available(ann, bob)).toEqual([900, 100]);
    });

    it.each<[keyof PaymentOrder, unknown]>([
      ['kind', 'red-packet'],
      ['payerId', ids.next()],
      ['payeeId', ids.next()],
      ['payeeKey', 'l'.repeat(43)],
      ['amount', 101],
      ['currency', 'EUR'],
      ['issuedAt', NOW + 1],
      ['newKeyConfirmed', true],
    ])('refuses another order with the same id: %s', async (field, value) => {
      const order = newOrder();
      await place(order);
      await expect(place({ ...order, [field]: value })).rejects.toMatchObject({ code: 'ORDER_ID_REUSED' });
    });

    it('caps the day of a payer, from midnight to midnight UTC, under any number of orders at once', async () => {
      const some = Array.from({ length: 20 }, () => place(newOrder({ amount: 100 }), 350));
      expect(codes(await Promise.allSettled(some))).toEqual(Array.from({ length: 17 }, () => 'PAYMENT_DAY_LIMIT'));
      await expect(place(packet({ amount: 51 }), 350)).rejects.toMatchObject({ details: { left: 50 } });
      await place(packet({ amount: 50 }), 350);
      const midnight = Date.UTC(2026, 0, 2);
      await expect(place(newOrder({ amount: 1 }, midnight - 1), 350)).rejects.toMatchObject({ details: { left: 0 } });
      await place(newOrder({ amount: 350 }, midnight), 350);
    });

    it('writes both statements, newest first, in pages', async () => {
      const [first, second] = [newOrder(), packet({ amount: 30 })];
      for (const order of [first, second]) await place(order);
      await store.expire(second.orderId, NOW + LIFE);
      const range = { userId: ann, currency: 'CNY', limit: 10 };
      const entries = await store.statement(range);
      const shared = { counterpartId: bob };
      const secondEntry = { ...shared, reference: second.orderId };
      expect(entries).toMatchObject([
        { ...secondEntry, kind: 'refund', amount: 30, balanceAfter: 900, at: NOW + LIFE },
        { ...secondEntry, kind: 'red-packet', amount: -30, balanceAfter: 870, at: NOW },
        { ...shared, reference: first.orderId, kind: 'transfer', amount: -100, balanceAfter: 900 },
        { kind: 'top-up', amount: 1_000, balanceAfter: 1_000 },
      ]);
      const before = entries[1]?.entryId ?? 0;
      expect(await store.statement({ ...range, before, limit: 1 })).toEqual([entries[2]]);
      const received = { kind: 'transfer', amount: 100, balanceAfter: 100, counterpartId: ann };
      expect(await store.statement({ ...range, userId: bob })).toMatchObject([received]);
      expect(await store.statement({ ...range, userId: ids.next() })).toEqual([]);
    });
  });
}
