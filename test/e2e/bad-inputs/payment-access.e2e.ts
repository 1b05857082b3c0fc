import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createOpenApi } from '../../../src/platform/documentation/openapi.js';
import type { PaymentOrderView, Statement } from '../../../src/protocol/payloads/payment.payloads.js';
import { RandomIds } from '../../../src/shared/ids.js';
import { balanceOf, claim, orderOf, place, topUp } from '../../rig/order-payer.js';
import { befriend, RawPerson } from '../../rig/raw-person.js';
import type { RunningServer } from '../../rig/server.js';
import { Canary, startTestServer } from './canary.js';
import { expectRefusal, fetchText } from './refusals.js';

const ids = new RandomIds();
/** With a name for the test, which may be much shorter. */
const named = (...texts: readonly string[]) => texts.map((text): [string, string] => [text.slice(0, 40), text]);

describe('money of others, and questions that are none', () => {
  let server: RunningServer;
  let canary: Canary;
  let alice: RawPerson;
  let bob: RawPerson;
  let mallory: RawPerson;
  let transfer: PaymentOrderView;
  let packet: PaymentOrderView;

  beforeAll(async () => {
    server = await startTestServer({ limits: { paymentOrdersPerUser: { points: 10_000 } } });
    canary = await Canary.start(server.url);
    [alice, bob] = [await RawPerson.register(server.url), await RawPerson.register(server.url)];
    mallory = await RawPerson.register(server.url);
    await befriend(alice, bob);
    // A friend of both is a stranger to what is between them.
    for (const friend of [alice, bob]) await befriend(mallory, friend);
    await topUp(alice, 1_000);
    transfer = (await place(alice, await orderOf(alice, bob))).body;
    packet = (await place(alice, await orderOf(alice, bob, { kind: 'red-packet', amount: 200 }))).body;
  });
  afterAll(async () => {
    canary.stop();
    await server.close();
  });

  const orderPath = (orderId: string, action = ''): string => `/api/payments/orders/${orderId}${action}`;
  async function nothingMoved(): Promise<void> {
    expect([await balanceOf(alice), await balanceOf(bob), await balanceOf(mallory)]).toEqual([
      [700, 200],
      [100, 0],
      [0, 0],
    ]);
    expect((await alice.request('GET', orderPath(packet.orderId))).body).toEqual(packet);
    await canary.lives();
  }

  it('claims of a transfer, of one’s own packet, of another’s, of none: as if there were nothing', async () => {
    const none = await claim(mallory, ids.next());
    expect([none.status, none.body.error?.code]).toEqual([404, 'NOT_FOUND']);
    for (const [person, orderId] of [
      [alice, packet.orderId],
      [mallory, packet.orderId],
      [alice, transfer.orderId],
      [bob, transfer.orderId],
      [mallory, transfer.orderId],
      [bob, alice.tokens.userId],
    ] as const) {
      expect(await claim(person, orderId)).toEqual(none);
    }
    await nothingMoved();
  });

  it.each(
    named(
      ...["' OR 1=1 --", '1;DROP TABLE payment_order', '{"$ne":null}', '*', '%', '-1', 'null', '__proto__', '🧧'],
      ...['a'.repeat(21), 'a'.repeat(23), 'a'.repeat(2_000), '\0'.repeat(22), `${'a'.repeat(22)}/x`],
    ),
  )('the order %j: as if there were nothing, to show, to claim, as a top-up, as a withdrawal', async (_, text) => {
    const id = encodeURIComponent(text);
    for (const [method, path] of [
      ['GET', orderPath(id)],
      ['POST', orderPath(id, '/claim')],
      ['GET', `/api/payments/top-ups/${id}`],
      ['GET', `/api/payments/withdrawals/${id}`],
    ] as const) {
      const token = bob.tokens.accessToken;
      expectRefusal(await fetchText(server.url + path, { method, token }), 'NOT_FOUND');
    }
    await nothingMoved();
  });

  it('another’s order, top-up and withdrawal are not there, and in no list', async () => {
    const money = { amount: 1, currency: 'CNY' };
    const topUpId = ids.next();
    await alice.request('POST', '/api/payments/top-ups', { topUpId, ...money });
    await topUp(bob, 1);
    for (const [path, id] of [
      ['orders', transfer.orderId],
      ['orders', packet.orderId],
      ['top-ups', topUpId],
      ['withdrawals', topUpId],
    ] as const) {
      const others = await mallory.request('GET', `/api/payments/${path}/${id}`);
      expect(others).toEqual(await mallory.request('GET', `/api/payments/${path}/${ids.next()}`));
      expect(others.status).toBe(404);
    }
    expect((await mallory.request('GET', '/api/payments/orders')).body).toEqual({ orders: [] });
    expect((await mallory.request('GET', '/api/payments/statement')).body).toEqual({ entries: [] });
    await canary.lives();
  });

  it('an id that was used: ORDER_ID_REUSED with any other body and for everybody else, and the first stays', async () => {
    const { orderId } = transfer;
    const before = [await balanceOf(alice), await balanceOf(bob)];
    const attempts = [
      [alice, await orderOf(alice, bob, { orderId, amount: 101 })],
      [alice, await orderOf(alice, bob, { orderId, kind: 'red-packet' })],
      [alice, await orderOf(alice, bob, { orderId, newKeyConfirmed: true })],
      [alice, await orderOf(alice, mallory, { orderId })],
      [bob, await orderOf(bob, alice, { orderId })],
      [mallory, await orderOf(mallory, bob, { orderId })],
    ] as const;
    for (const [payer, order] of attempts) {
      const { status, body } = await place(payer, order);
      expect([status, body.error]).toEqual([409, expect.objectContaining({ code: 'ORDER_ID_REUSED', details: {} })]);
    }
    expect((await bob.request('GET', orderPath(orderId))).body).toEqual(transfer);
    expect([await balanceOf(alice), await balanceOf(bob)]).toEqual(before);
    await canary.lives();
  });

  it.each(
    named(
      ...[
        'limit=0',
        'limit=101',
        'limit=-1',
        'limit=1e3',
        'limit=abc',
        'limit=',
        'limit=1.5',
        'limit=05',
        'limit=%205',
      ],
      ...['limit=0x10', 'limit=NaN', 'limit=1&limit=2', 'limit[]=1', 'limit[a]=1', `limit=${'9'.repeat(4_000)}`],
      ...['cursor=0', 'cursor=-1', 'cursor=abc', 'cursor=', 'cursor=1.5', 'cursor=1e3', `cursor=${'9'.repeat(17)}`],
      ...['cursor=1&cursor=2', 'cursor[]=1', "cursor='%20OR%201=1--", 'cursor=null', `cursor=${'1'.repeat(4_000)}`],
      ...['userId=x', 'currency=EUR', 'before=1', '__proto__=1', '__proto__[limit]=1', 'constructor=1'],
    ),
  )('a statement with %s: BAD_REQUEST', async (_, query) => {
    const url = `${server.url}/api/payments/statement?${query}`;
    expectRefusal(await fetchText(url, { token: alice.tokens.accessToken }), 'BAD_REQUEST');
    await canary.lives();
  });

  it.each(['1', '2', '1000', '9007199254740993', '9999999999999999'])(
    'a statement from the cursor %s, whosever it is, has nobody else’s entries',
    async (cursor) => {
      const { body } = await bob.request<Statement>('GET', `/api/payments/statement?cursor=${cursor}&limit=100`);
      const own = (await bob.request<Statement>('GET', '/api/payments/statement')).body.entries;
      expect(body.entries).toEqual(own.filter(({ entryId }) => entryId < Number(cursor)));
    },
  );

  it('without a token, and with one that is none, every route of groups and money is UNAUTHENTICATED', async () => {
    const routes = Object.entries(createOpenApi(server.application).paths)
      .filter(([path]) => /^\/api\/(?:groups|payments)/.test(path) && !path.endsWith('/callbacks'))
      .flatMap(([path, item]) => Object.keys(item).map((method) => [method.toUpperCase(), path] as const));
    expect(routes.length).toBeGreaterThan(16);
    for (const [method, path] of routes) {
      const url = server.url + path.replace(/\{\w+\}/g, packet.orderId);
      const body = method === 'POST' ? '{"__proto__":1}' : null;
      const headers = { 'content-type': 'application/json' };
      for (const token of [undefined, 'garbage', `${alice.tokens.accessToken}x`]) {
        const init = { method, body, ...(body !== null && { headers }), ...(token !== undefined && { token }) };
        expectRefusal(await fetchText(url, init), 'UNAUTHENTICATED');
      }
    }
    await canary.lives();
  });

  it('a claim takes no notice of what is sent with it, and comes once', async () => {
    const body = { orderId: transfer.orderId, payeeId: mallory.tokens.userId, amount: 1_000_000 };
    const before = await balanceOf(bob);
    const first = await bob.request('POST', orderPath(packet.orderId, '/claim'), body);
    expect(first.body).toMatchObject({ orderId: packet.orderId, state: 'posted', amount: 200 });
    for (let i = 0; i < 5; i += 1) expect(await claim(bob, packet.orderId)).toEqual(first);
    expect((await claim(mallory, packet.orderId)).status).toBe(404);
    expect([(await balanceOf(bob))[0] - before[0], await balanceOf(mallory)]).toEqual([200, [0, 0]]);
    await canary.lives();
  });

  it('more orders than the profile allows in a minute: RATE_LIMITED with a time, for who sends them', async () => {
    const strict = await startTestServer({ limits: { paymentOrdersPerUser: { points: 2 } } });
    const [ann, ben] = [await RawPerson.register(strict.url), await RawPerson.register(strict.url)];
    await befriend(ann, ben);
    const answers = [];
    for (let i = 0; i < 10; i += 1) answers.push((await place(ann, await orderOf(ann, ben))).body.error);
    expect(answers.map((error) => error?.code)).toEqual([
      ...['INSUFFICIENT_FUNDS', 'INSUFFICIENT_FUNDS'],
      ...Array.from({ length: 8 }, () => 'RATE_LIMITED'),
    ]);
    expect(answers[9]?.details['retryAfterMs']).toBeGreaterThan(0);
    await topUp(ben, 100);
    expect((await place(ben, await orderOf(ben, ann))).body.state).toBe('posted');
    await strict.close();
  });
});
