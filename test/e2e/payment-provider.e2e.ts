import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { RandomIds } from '../../src/shared/ids.js';
import { outcomeOf, Payer, startPayingServer } from '../rig/payer.js';
import { type Answer, RawPerson } from '../rig/raw-person.js';
import { type RunningServer, startServer } from '../rig/server.js';
import { StandInProvider } from '../rig/stand-in-provider.js';

const ids = new RandomIds();
const callbackUrl = ({ url }: RunningServer): string => `${url}/api/payments/callbacks`;

describe('money from a payment provider', () => {
  let provider: StandInProvider;
  let server: RunningServer;
  let alice: Payer;

  beforeAll(async () => {
    provider = await StandInProvider.start();
    server = await startPayingServer(provider);
  });
  beforeEach(async () => {
    alice = await Payer.register(server.url, provider);
  });
  afterEach(() => {
    provider.mode = 'takes';
    alice.person.disconnect();
  });
  afterAll(async () => {
    await server.close();
    await provider.close();
  });

  describe('a top-up', () => {
    it('is pending until the provider calls back, and tells where to pay', async () => {
      const topUpId = ids.next();
      const payAt = `https://pay.example/${topUpId}`;
      const first = await alice.topUp(topUpId);
      expect(first).toMatchObject({
        status: 200,
        body: { topUpId, amount: 500, currency: 'CNY', state: 'pending', payAt },
      });
      expect(await alice.topUp(topUpId)).toEqual(first);
      expect(provider.requests.filter(({ reference }) => reference === topUpId)).toEqual([
        {
          type: 'top-up.requested',
          reference: topUpId,
          amount: 500,
          currency: 'CNY',
          callbackUrl: callbackUrl(server),
        },
      ]);
      expect(await alice.balance()).toEqual([0, 0]);

      const socket = await alice.person.connect();
      const pushed = new Promise((resolve) => socket.once('payment:balance-changed', resolve));
      expect((await provider.report('top-up.succeeded', topUpId)).body).toEqual({ state: 'posted' });
      expect(await pushed).toEqual({ currency: 'CNY', available: 500, pending: 0 });
      const { payAt: _payAt, ...paid } = first.body;
      expect((await alice.topUp(topUpId)).body).toEqual({ ...paid, state: 'posted' });
    });

    it('that failed moves nothing, and stays so when success is reported after that', async () => {
      const topUpId = await alice.beginTopUp();
      expect((await provider.report('top-up.failed', topUpId)).body).toEqual({ state: 'voided' });
      expect((await provider.report('top-up.succeeded', topUpId)).body).toEqual({ state: 'voided' });
      expect([(await alice.findTopUp(topUpId)).body.state, await alice.balance()]).toEqual(['voided', [0, 0]]);
    });

    it('has one effect for each id, in parallel too, and is its owner’s alone', async () => {
      const topUpId = ids.next();
      const answers = await Promise.all(Array.from({ length: 20 }, () => alice.topUp(topUpId)));
      expect(answers.every(({ status, body }) => status === 200 && body.state === 'pending')).toBe(true);
      const bob = await Payer.register(server.url, provider);
      expect(outcomeOf(await alice.topUp(topUpId, 501))).toEqual([409, 'ORDER_ID_REUSED']);
      expect(outcomeOf(await bob.topUp(topUpId))).toEqual([409, 'ORDER_ID_REUSED']);
      const asBob = await bob.findTopUp(topUpId);
      expect(asBob).toEqual(await bob.findTopUp(ids.next()));
      expect(outcomeOf(asBob)).toEqual([404, 'NOT_FOUND']);
      await provider.report('top-up.succeeded', topUpId);
      expect(await alice.balance()).toEqual([500, 0]);
    });

    it('is refused with a bad amount or currency, and over the cap', async () => {
      const max = server.config.payments.maxPerOrder;
      for (const amount of [0, -1, 0.5, 2 ** 53, 1e300, '500', null]) {
        expect(outcomeOf(await alice.topUp(ids.next(), amount))).toEqual([400, 'BAD_REQUEST']);
      }
      expect(outcomeOf(await alice.topUp(ids.next(), max + 1))).toEqual([409, 'PAYMENT_LIMIT']);
      expect(outcomeOf(await alice.topUp(ids.next(), 500, 'EUR'))).toEqual([400, 'CURRENCY_UNSUPPORTED']);
      expect((await alice.topUp(ids.next(), max)).status).toBe(200);
    });

    it('goes on with the same id after the provider was away', async () => {
      const topUpId = ids.next();
      provider.mode = 'breaks';
      expect(outcomeOf(await alice.topUp(topUpId))).toEqual([503, 'PROVIDER_UNAVAILABLE']);
      expect([(await alice.findTopUp(topUpId)).body.state, await alice.balance()]).toEqual(['pending', [0, 0]]);
      provider.mode = 'takes';
      expect((await alice.topUp(topUpId)).body).toMatchObject({
        state: 'pending',
        payAt: `https://pay.example/${topUpId}`,
      });
      await provider.report('top-up.succeeded', topUpId);
      expect(await alice.balance()).toEqual([500, 0]);
    });
  });

  describe('a callback', () => {
    it('has one effect, 20 times in parallel and once more', async () => {
      const topUpId = await alice.beginTopUp();
      const body = JSON.stringify({ type: 'top-up.succeeded', reference: topUpId, amount: 500, currency: 'CNY' });
      const headers = provider.sign(body);
      const send = (): Promise<Answer> => provider.send(callbackUrl(server), body, headers);
      for (const answer of await Promise.all(Array.from({ length: 20 }, send))) {
        expect(answer).toEqual({ status: 200, body: { state: 'posted' } });
      }
      expect(await send()).toEqual({ status: 200, body: { state: 'posted' } });
      expect((await provider.report('top-up.succeeded', topUpId)).status).toBe(200);
      expect(await alice.balance()).toEqual([500, 0]);
    });

    it('counts for one reference only, whatever comes with its id later', async () => {
      const [one, other] = [await alice.beginTopUp(), await alice.beginTopUp()];
      const body = (reference: string): string =>
        JSON.stringify({ type: 'top-up.succeeded', reference, amount: 500, currency: 'CNY' });
      await provider.send(callbackUrl(server), body(one), provider.sign(body(one), 'event-of-one'));
      const again = await provider.send(callbackUrl(server), body(other), provider.sign(body(other), 'event-of-one'));
      expect(again).toEqual({ status: 200, body: { state: 'pending' } });
      expect(await alice.balance()).toEqual([500, 0]);
    });

    it('that is not from the provider is refused before anything else of it is looked at', async () => {
      const topUpId = await alice.beginTopUp();
      const body = JSON.stringify({ type: 'top-up.succeeded', reference: topUpId, amount: 500, currency: 'CNY' });
      const good = provider.sign(body);
      const forger = Object.assign(Object.create(provider) as StandInProvider, {
        key: randomBytes(32).toString('base64'),
      });
      const forged: [string, object][] = [
        [body, {}],
        [body, forger.sign(body)],
        [body, { ...good, 'webhook-id': 'another' }],
        [body, { ...good, 'webhook-signature': 'v1,' }],
        [body, { ...good, 'webhook-signature': good['webhook-signature'].replace('v1,', 'v1a,') }],
        [` ${body}`, good],
        [body.replace('500', '501'), good],
        [body, provider.sign(body, 'late', Date.now() - 301_000)],
        [body, provider.sign(body, 'early', Date.now() + 302_000)],
        ['{}', good],
        ['[1]', {}],
        ['{"__proto__":{}}', {}],
      ];
      for (const [text, headers] of forged) {
        expect(outcomeOf(await provider.send(callbackUrl(server), text, headers))).toEqual([401, 'CALLBACK_INVALID']);
      }
      expect([(await alice.findTopUp(topUpId)).body.state, await alice.balance()]).toEqual(['pending', [0, 0]]);
    });

    it('that is from the provider but not about this is refused and spends nothing', async () => {
      const topUpId = await alice.beginTopUp();
      const report = async (spoilt: object): Promise<unknown> =>
        outcomeOf(await provider.report('top-up.succeeded', topUpId, spoilt));
      expect(await report({ amount: 499 })).toEqual([401, 'CALLBACK_INVALID']);
      expect(await report({ currency: 'EUR' })).toEqual([401, 'CALLBACK_INVALID']);
      expect(await report({ reference: ids.next() })).toEqual([404, 'NOT_FOUND']);
      expect(await report({ type: 'withdrawal.succeeded' })).toEqual([404, 'NOT_FOUND']);
      for (const spoilt of [{ amount: 0.5 }, { type: 'top-up.requested' }, { reference: '../x' }, { extra: 1 }]) {
        expect(await report(spoilt)).toEqual([400, 'BAD_REQUEST']);
      }
      expect([(await alice.findTopUp(topUpId)).body.state, await alice.balance()]).toEqual(['pending', [0, 0]]);
      await provider.report('top-up.succeeded', topUpId);
      expect(await alice.balance()).toEqual([500, 0]);
    });

    it('is read as the bytes that were signed, also with letters of more than one byte', async () => {
      const topUpId = await alice.beginTopUp();
      const body = `{"type":"top-up.succeeded", "reference":"${topUpId}","amount":500,"currency":"人民币"}`;
      expect(outcomeOf(await provider.send(callbackUrl(server), body, provider.sign(body)))).toEqual([
        400,
        'BAD_REQUEST',
      ]);
      const spaced = body.replace('人民币', 'CNY').replaceAll(',', ' ,\r\n\t');
      expect((await provider.send(callbackUrl(server), spaced, provider.sign(spaced))).body).toEqual({
        state: 'posted',
      });
    });
  });
});

describe('money of the sandbox', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());

  it('is there at once, and nobody calls back', async () => {
    const alice = await RawPerson.register(server.url);
    const request = { topUpId: ids.next(), amount: 500, currency: 'CNY' };
    const first = await alice.request('POST', '/api/payments/top-ups', request);
    expect(first).toMatchObject({ status: 200, body: { ...request, state: 'posted' } });
    expect(await alice.request('POST', '/api/payments/top-ups', request)).toEqual(first);
    expect((await alice.request('GET', '/api/payments/balance')).body).toMatchObject({ available: 500, pending: 0 });
    const callback = { type: 'top-up.succeeded', reference: request.topUpId, amount: 500, currency: 'CNY' };
    expect((await alice.request('POST', '/api/payments/callbacks', callback)).status).toBe(404);
  });
});
