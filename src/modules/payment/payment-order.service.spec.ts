import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LIMITS } from '../../protocol/limits.js';
import type { PaymentOrderRequest } from '../../protocol/payloads/payment.payloads.js';
import { RandomIds } from '../../shared/ids.js';
import { CURRENCY, type PaymentRig, startPayments } from './spec/payment-rig.fixture.js';
import type { SigningPerson } from './spec/signing-people.fixture.js';

const ids = new RandomIds();
const payments = { maxPerOrder: 500, maxPerDay: 800, newKeyMs: 1_000, redPacketLifeMs: 5_000 };

describe('payment orders', () => {
  let rig: PaymentRig;
  let ann: SigningPerson;
  let bob: SigningPerson;
  beforeEach(async () => {
    rig = await startPayments({ payments });
    [ann, bob] = await rig.pair(2_000);
  });
  afterEach(() => rig.close());

  const place = (request: PaymentOrderRequest, payer = ann) => rig.service.place(payer.userId, request);
  const refusal = (request: PaymentOrderRequest, payer = ann): Promise<unknown> =>
    place(request, payer).then(
      () => 'accepted',
      (error: { code: string; details: object }) => ({ code: error.code, ...error.details }),
    );
  const pushesOf = (event: string) => rig.delivery.pushes.filter((push) => push.event === event);

  it('tell payer and payee what they did', async () => {
    const view = await place(rig.request(ann, bob));
    expect(view).toMatchObject({ state: 'posted', payerId: ann.userId, payeeId: bob.userId, amount: 100 });
    expect(pushesOf('payment:updated')).toEqual(
      [ann, bob].map(({ userId }) => ({ userId, event: 'payment:updated', payload: view })),
    );
    const balance = (available: number) => ({ currency: CURRENCY, available, pending: 0 });
    expect(pushesOf('payment:balance-changed').map(({ payload }) => payload)).toEqual([balance(1_900), balance(100)]);
    for (const { userId } of [ann, bob]) expect(await rig.service.show(userId, view.orderId)).toEqual(view);
    await expect(rig.service.show(ids.next(), view.orderId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(rig.service.show(ann.userId, ids.next())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('send packets that are claimed once, with the same answer each time', async () => {
    const sent = await place(rig.request(ann, bob, { kind: 'red-packet' }));
    expect(sent).toMatchObject({ state: 'pending', expiresAt: rig.clock.now() + 5_000 });
    rig.delivery.pushes = [];
    const claims = await Promise.all(Array.from({ length: 50 }, () => rig.service.claim(bob.userId, sent.orderId)));
    expect(new Set(claims.map((claim) => JSON.stringify(claim))).size).toBe(1);
    expect(pushesOf('payment:updated')).toHaveLength(2);
    expect(await rig.accounts.balance(bob.userId)).toMatchObject({ available: 100 });
  });

  it('give back what nobody claims in time', async () => {
    const orders = [rig.request(ann, bob, { kind: 'red-packet' }), rig.request(ann, bob, { kind: 'red-packet' })];
    for (const order of orders) await place(order);
    rig.clock.advance(4_999);
    await rig.service.expire();
    expect(await rig.accounts.balance(ann.userId)).toMatchObject({ available: 1_800, pending: 200 });
    rig.clock.advance(1);
    rig.delivery.pushes = [];
    await Promise.all([rig.service.expire(), rig.service.expire()]);
    expect(await rig.accounts.balance(ann.userId)).toMatchObject({ available: 2_000, pending: 0 });
    expect(pushesOf('payment:updated')).toHaveLength(4);
    for (const { orderId } of orders)
      await expect(rig.service.claim(bob.userId, orderId)).rejects.toMatchObject({ code: 'ORDER_EXPIRED' });
  });

  it('never live longer than promised', async () => {
    const life = { ...payments, redPacketLifeMs: 2 * LIMITS.redPacketLifeMs };
    const long = await startPayments({ payments: life });
    const [one, other] = await long.pair(100);
    const view = await long.service.place(one.userId, long.request(one, other, { kind: 'red-packet' }));
    expect(view.expiresAt).toBe(long.clock.now() + LIMITS.redPacketLifeMs);
    expect(long.accounts.terms().redPacketLifeMs).toBe(LIMITS.redPacketLifeMs);
    await long.close();
  });

  it('go to friends only, with one answer for everybody else', async () => {
    const stranger = rig.users.add();
    const [known, unknown] = [rig.request(ann, stranger), rig.request(ann, bob, { payeeId: ids.next() })];
    expect([await refusal(known), await refusal(unknown)]).toEqual([{ code: 'NOT_FOUND' }, { code: 'NOT_FOUND' }]);
    expect(await refusal(rig.request(ann, ann))).toEqual({ code: 'NOT_YOURSELF' });
  });

  it.each<[string, Partial<PaymentOrderRequest>, object]>([
    ['another currency', { currency: 'EUR' }, { code: 'CURRENCY_UNSUPPORTED', currency: CURRENCY }],
    ['more than an order may move', { amount: 501 }, { code: 'PAYMENT_LIMIT', max: 500 }],
    ['a signature over something else', { signature: 'A'.repeat(86) }, { code: 'BAD_SIGNATURE', field: 'signature' }],
    ['another key than the payee has', { payeeKey: 'B'.repeat(43) }, { code: 'PAYEE_KEY_CHANGED' }],
  ])('are refused: %s', async (_, changed, answer) => {
    expect(await refusal(rig.request(ann, bob, changed))).toEqual(answer);
    expect(await rig.accounts.balance(ann.userId)).toMatchObject({ available: 2_000 });
  });

  it('are held to every field that was signed, and to the key that the payer has now', async () => {
    const request = rig.request(ann, bob);
    const spoiled: Partial<PaymentOrderRequest>[] = [
      { orderId: ids.next() },
      { kind: 'red-packet' },
      { payeeKey: 'B'.repeat(43) },
      { amount: 101 },
      { issuedAt: request.issuedAt + 1 },
      { newKeyConfirmed: true },
    ];
    for (const fields of spoiled)
      expect(await refusal({ ...request, ...fields })).toMatchObject({ code: 'BAD_SIGNATURE' });
    const crossed = rig.request(bob, ann);
    expect(await refusal({ ...crossed, payeeId: bob.userId })).toMatchObject({ code: 'BAD_SIGNATURE' });
    ann.changeKey(rig.clock.now());
    expect(await refusal(request)).toMatchObject({ code: 'BAD_SIGNATURE' });
  });

  it('are signed within five minutes before or after', async () => {
    for (const skew of [-LIMITS.orderClockSkewMs, LIMITS.orderClockSkewMs]) {
      const issuedAt = rig.clock.now() + skew;
      expect(await refusal(rig.request(ann, bob, { issuedAt }))).toBe('accepted');
      const outdated = rig.request(ann, bob, { issuedAt: issuedAt + Math.sign(skew) });
      expect(await refusal(outdated)).toEqual({ code: 'ORDER_OUTDATED', serverTime: rig.clock.now() });
    }
  });

  it('need a confirmation while the key of the payee is new, and its first key is not', async () => {
    expect(await refusal(rig.request(ann, bob))).toBe('accepted');
    bob.changeKey(rig.clock.now());
    rig.clock.advance(999);
    expect(await refusal(rig.request(ann, bob))).toEqual({ code: 'PAYEE_KEY_RECENT' });
    expect(await refusal(rig.request(ann, bob, { newKeyConfirmed: true }))).toBe('accepted');
    rig.clock.advance(1);
    expect(await refusal(rig.request(ann, bob))).toBe('accepted');
  });

  it('are capped by the day', async () => {
    await place(rig.request(ann, bob, { amount: 500 }));
    expect(await refusal(rig.request(ann, bob, { amount: 301 }))).toEqual({ code: 'PAYMENT_DAY_LIMIT', left: 300 });
    expect(await refusal(rig.request(ann, bob, { amount: 300 }))).toBe('accepted');
  });

  it('sent again have the same answer, whatever has happened since', async () => {
    const request = rig.request(ann, bob, { amount: 500 });
    const first = await place(request);
    rig.friends.part(ann, bob);
    rig.clock.advance(2 * LIMITS.orderClockSkewMs);
    ann.changeKey(rig.clock.now());
    bob.changeKey(rig.clock.now());
    rig.delivery.pushes = [];
    expect(await place(request)).toEqual(first);
    expect(rig.delivery.pushes).toEqual([]);
    expect(await refusal({ ...request, signature: 'A'.repeat(86) })).toMatchObject({ code: 'BAD_SIGNATURE' });
    expect(await refusal({ ...request, amount: 1 })).toEqual({ code: 'ORDER_ID_REUSED' });
    expect(await refusal({ ...request, payeeId: ann.userId }, bob)).toEqual({ code: 'ORDER_ID_REUSED' });
  });

  it('have a rate that repetitions do not use up, however many come at once', async () => {
    const slow = await startPayments({ ordersPerMinute: 2 });
    const [one, other] = await slow.pair(1_000);
    const request = slow.request(one, other);
    const answers = await Promise.all(Array.from({ length: 50 }, () => slow.service.place(one.userId, request)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    await slow.service.place(one.userId, slow.request(one, other));
    const third = slow.service.place(one.userId, slow.request(one, other));
    await expect(third).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await slow.service.place(one.userId, request);
    await slow.close();
  });

  it('page the statement', async () => {
    for (let amount = 1; amount <= 5; amount += 1) await place(rig.request(ann, bob, { amount }));
    const first = await rig.accounts.statement(ann.userId, { limit: '3' });
    expect(first.entries.map(({ amount }) => amount)).toEqual([-5, -4, -3]);
    const second = await rig.accounts.statement(ann.userId, { limit: '3', cursor: first.nextCursor ?? '' });
    expect(second.entries.map(({ amount }) => amount)).toEqual([-2, -1, 2_000]);
    expect(second.nextCursor).toBeUndefined();
    expect((await rig.accounts.statement(ann.userId, {})).entries).toHaveLength(6);
  });
});
