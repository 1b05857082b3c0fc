import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PaymentOrderView, Statement } from '../../src/protocol/payloads/payment.payloads.js';
import { RandomIds } from '../../src/shared/ids.js';
import { balanceOf, claim, keyOf, orderOf, place, topUp } from '../rig/order-payer.js';
import { eventually } from '../rig/people.js';
import { befriend, RawPerson } from '../rig/raw-person.js';
import { type RunningServer, startServer } from '../rig/server.js';

const ids = new RandomIds();
const QUICK_MONEY = {
  payments: { redPacketLifeMs: 1_500, settleEveryMs: 50, newKeyMs: 60_000 },
  limits: { paymentOrdersPerUser: { points: 1_000 } },
};

describe('payments', () => {
  let server: RunningServer;
  let alice: RawPerson;
  let bob: RawPerson;
  let conversationId: string;

  beforeEach(async () => {
    server = await startServer(QUICK_MONEY);
    alice = await RawPerson.register(server.url);
    bob = await RawPerson.register(server.url);
    conversationId = await befriend(alice, bob);
    await topUp(alice, 1_000);
  });

  afterEach(async () => {
    for (const person of [alice, bob]) person.disconnect();
    await server.close();
  });

  const refusal = async (order: object, payer = alice): Promise<unknown> =>
    (await place(payer, order)).body.error?.code;

  it('go from friend to friend, are told to both and stand in both statements', async () => {
    const pushed: [string, string, unknown][] = [];
    for (const [name, person] of Object.entries({ alice, bob })) {
      const socket = await person.connect();
      for (const event of ['payment:updated', 'payment:balance-changed'])
        socket.on(event, (payload: unknown) => pushed.push([name, event, payload]));
    }
    const order = await orderOf(alice, bob);
    const view = (await place(alice, order)).body;
    expect(view).toMatchObject({ orderId: order.orderId, state: 'posted', amount: 100 });
    expect((await place(alice, order)).body).toEqual(view);
    const balance = (available: number) => ({ currency: 'CNY', available, pending: 0 });
    await eventually(() => pushed.length === 4);
    expect(pushed).toEqual(
      expect.arrayContaining([
        ['alice', 'payment:updated', view],
        ['bob', 'payment:updated', view],
        ['alice', 'payment:balance-changed', balance(900)],
        ['bob', 'payment:balance-changed', balance(100)],
      ]),
    );
    for (const person of [alice, bob])
      expect((await person.request('GET', `/api/payments/orders/${order.orderId}`)).body).toEqual(view);
    const newest = (await alice.request<Statement>('GET', '/api/payments/statement?limit=1')).body;
    const entry = { kind: 'transfer', amount: -100, reference: order.orderId, counterpartId: bob.tokens.userId };
    expect(newest.entries).toMatchObject([entry]);
    const path = `/api/payments/statement?cursor=${newest.nextCursor}`;
    expect((await alice.request<Statement>('GET', path)).body.entries).toMatchObject([
      { kind: 'top-up', amount: 1_000 },
    ]);
    expect((await alice.request('GET', '/api/payments/statement?limit=0')).status).toBe(400);
  });

  it('wait in a packet for the one who may claim it', async () => {
    const order = await orderOf(alice, bob, { kind: 'red-packet' });
    expect((await place(alice, order)).body).toMatchObject({ state: 'pending' });
    expect(await balanceOf(alice)).toEqual([900, 100]);
    const carol = await RawPerson.register(server.url);
    for (const other of [alice, carol]) expect((await claim(other, order.orderId)).status).toBe(404);
    expect((await carol.request('GET', `/api/payments/orders/${order.orderId}`)).status).toBe(404);
    const claims = await Promise.all(Array.from({ length: 50 }, () => claim(bob, order.orderId)));
    expect(new Set(claims.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(claims[0]?.body.state).toBe('posted');
    expect([await balanceOf(alice), await balanceOf(bob)]).toEqual([
      [900, 0],
      [100, 0],
    ]);
  });

  it('come back from a packet that nobody claimed, though the server was down when its time was over', async () => {
    const order = await orderOf(alice, bob, { kind: 'red-packet' });
    const { expiresAt = 0 } = (await place(alice, order)).body;
    await server.stop();
    await new Promise((resolve) => setTimeout(resolve, expiresAt - Date.now()));
    server = await startServer(QUICK_MONEY, server);
    await eventually(async () => (await balanceOf(alice))[0] === 1_000);
    expect(await balanceOf(alice)).toEqual([1_000, 0]);
    const { error } = (await claim(bob, order.orderId)).body;
    expect(error?.code).toBe('ORDER_EXPIRED');
    const found = await alice.request<PaymentOrderView>('GET', `/api/payments/orders/${order.orderId}`);
    expect(found.body.state).toBe('voided');
    expect((await place(alice, order)).body).toEqual(found.body);
  });

  it('are as many as a balance affords, of 50 at once', async () => {
    const orders = await Promise.all(Array.from({ length: 50 }, () => orderOf(alice, bob, { amount: 300 })));
    const answers = await Promise.all(orders.map((order) => place(alice, order)));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.map(({ body }) => body.error?.code)).toEqual(Array.from({ length: 47 }, () => 'INSUFFICIENT_FUNDS'));
    expect([await balanceOf(alice), await balanceOf(bob)]).toEqual([
      [100, 0],
      [900, 0],
    ]);
  });

  it('have one effect, of 50 that are the same', async () => {
    const order = await orderOf(alice, bob, { amount: 400 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => place(alice, order)));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await balanceOf(bob)).toEqual([400, 0]);
    expect(await refusal(await orderOf(alice, bob, { orderId: order.orderId, amount: 1 }))).toBe('ORDER_ID_REUSED');
  });

  it('go to nobody else: strangers, conversations, oneself and who does not exist', async () => {
    const carol = await RawPerson.register(server.url);
    const refusals = [
      await refusal(await orderOf(alice, carol)),
      await refusal(await orderOf(alice, bob, { payeeId: conversationId })),
      await refusal(await orderOf(alice, bob, { payeeId: ids.next() })),
      await refusal(await orderOf(alice, alice)),
    ];
    expect(refusals).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'NOT_YOURSELF']);
  });

  it('need the key of the payer: a stolen token and a crossed signature are not enough', async () => {
    const order = await orderOf(alice, bob);
    const thief = new RawPerson(server.url);
    thief.tokens = alice.tokens;
    const spoiled = [
      await orderOf(thief, bob),
      await orderOf(alice, bob, {}, bob),
      { ...order, signature: (await orderOf(alice, bob)).signature },
      { ...order, amount: 999 },
      { ...order, kind: 'red-packet' },
    ];
    for (const one of spoiled) expect(await refusal(one)).toBe('BAD_SIGNATURE');
    // Bob sends what Alice has signed as if it were his.
    expect(await refusal({ ...order, payeeId: alice.tokens.userId, payeeKey: keyOf(alice) }, bob)).toBe(
      'BAD_SIGNATURE',
    );
    expect(await refusal(await orderOf(alice, bob, { payeeKey: keyOf(alice) }))).toBe('PAYEE_KEY_CHANGED');
    expect(await balanceOf(alice)).toEqual([1_000, 0]);
  });

  it.each([0, -1, 0.001, 1e-7, 2 ** 53, 1e309, '', '100', null, [100], { amount: 100 }])(
    'are no orders with the amount %p',
    async (amount) => {
      const order = { ...(await orderOf(alice, bob)), amount };
      const answer = await place(alice, order);
      expect([answer.status, answer.body.error?.code]).toEqual([400, 'BAD_REQUEST']);
    },
  );
});
