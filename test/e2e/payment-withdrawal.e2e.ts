import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Profile } from '../../src/config/config.schema.js';
import type { DeepPartial } from '../../src/config/deep-partial.js';
import { RandomIds } from '../../src/shared/ids.js';
import { outcomeOf, Payer, startPayingServer, WITHDRAWAL_FEE } from '../rig/payer.js';
import { eventually } from '../rig/people.js';
import type { RunningServer } from '../rig/server.js';
import { StandInProvider } from '../rig/stand-in-provider.js';

const ids = new RandomIds();
const callbackUrl = ({ url }: RunningServer): string => `${url}/api/payments/callbacks`;

describe('money to a payment provider', () => {
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

  describe('a withdrawal', () => {
    beforeEach(() => alice.receive(1_000));

    it('is reserved with its fee, and gone when the provider has paid', async () => {
      const withdrawalId = await alice.beginWithdrawal();
      expect(await alice.balance()).toEqual([1_000 - 300 - WITHDRAWAL_FEE, 300 + WITHDRAWAL_FEE]);
      expect(provider.requests.at(-1)).toEqual({
        type: 'withdrawal.requested',
        reference: withdrawalId,
        amount: 300,
        currency: 'CNY',
        destination: 'account 1',
        callbackUrl: callbackUrl(server),
      });
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => provider.report('withdrawal.succeeded', withdrawalId)),
      );
      expect(answers.map(({ body }) => body)).toEqual(Array.from({ length: 10 }, () => ({ state: 'posted' })));
      expect((await provider.report('withdrawal.failed', withdrawalId)).body).toEqual({ state: 'posted' });
      expect(await alice.balance()).toEqual([1_000 - 300 - WITHDRAWAL_FEE, 0]);
    });

    it('comes back with its fee when the provider failed', async () => {
      const withdrawalId = await alice.beginWithdrawal();
      expect((await provider.report('withdrawal.failed', withdrawalId)).body).toEqual({ state: 'voided' });
      expect((await provider.report('withdrawal.succeeded', withdrawalId)).body).toEqual({ state: 'voided' });
      expect(await alice.balance()).toEqual([1_000, 0]);
      expect((await alice.findWithdrawal(withdrawalId)).body).toMatchObject({
        withdrawalId,
        state: 'voided',
        amount: 300,
        fee: WITHDRAWAL_FEE,
      });
      const bob = await Payer.register(server.url, provider);
      expect(outcomeOf(await bob.findWithdrawal(withdrawalId))).toEqual([404, 'NOT_FOUND']);
    });

    it('has one effect for each id, in parallel too', async () => {
      const request = await alice.signedWithdrawal({ destination: '账户 1 🧧' });
      const answers = await Promise.all(Array.from({ length: 20 }, () => alice.withdraw(request)));
      expect(answers.every(({ status, body }) => status === 200 && body.state === 'pending')).toBe(true);
      expect(await alice.balance()).toEqual([693, 307]);
      const other = await alice.signedWithdrawal({ withdrawalId: request.withdrawalId, amount: 301 });
      expect(outcomeOf(await alice.withdraw(other))).toEqual([409, 'ORDER_ID_REUSED']);
    });

    it('leaves exactly as often as the balance has it', async () => {
      const requests = await Promise.all(
        Array.from({ length: 20 }, () => alice.signedWithdrawal({ amount: 250 - WITHDRAWAL_FEE })),
      );
      const answers = await Promise.all(requests.map((request) => alice.withdraw(request)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(4);
      expect(new Set(answers.map(outcomeOf).map(String))).toEqual(new Set(['200,', '409,INSUFFICIENT_FUNDS']));
      expect(await alice.balance()).toEqual([0, 1_000]);
    });

    it('is refused unless its owner has signed just this, here and now', async () => {
      const bob = await Payer.register(server.url, provider);
      const wrong: [object, number, string][] = [
        [{ ...(await alice.signedWithdrawal()), amount: 301 }, 400, 'BAD_SIGNATURE'],
        [{ ...(await alice.signedWithdrawal()), destination: 'account 2' }, 400, 'BAD_SIGNATURE'],
        [await alice.signedWithdrawal({ server: 'https://elsewhere.example' }), 400, 'BAD_SIGNATURE'],
        [await alice.signedWithdrawal({ userId: ids.next() }), 400, 'BAD_SIGNATURE'],
        [await alice.signedWithdrawal({}, bob.person), 400, 'BAD_SIGNATURE'],
        [await alice.signedWithdrawal({ issuedAt: Date.now() - 301_000 }), 400, 'ORDER_OUTDATED'],
        [await alice.signedWithdrawal({ issuedAt: Date.now() + 310_000 }), 400, 'ORDER_OUTDATED'],
        [await alice.signedWithdrawal({ currency: 'EUR' }), 400, 'CURRENCY_UNSUPPORTED'],
        [await alice.signedWithdrawal({ amount: server.config.payments.maxPerOrder + 1 }), 409, 'PAYMENT_LIMIT'],
        [await alice.signedWithdrawal({ amount: 1_000 }), 409, 'INSUFFICIENT_FUNDS'],
        [await alice.signedWithdrawal({ amount: 0 }), 400, 'BAD_REQUEST'],
        [await alice.signedWithdrawal({ destination: 'x'.repeat(201) }), 400, 'BAD_REQUEST'],
        [await alice.signedWithdrawal({ destination: 'account\u0000' }), 400, 'BAD_REQUEST'],
        [await alice.signedWithdrawal({ destination: 'account \ud83d' }), 400, 'BAD_REQUEST'],
        [await alice.signedWithdrawal({ destination: '' }), 400, 'BAD_REQUEST'],
      ];
      for (const [request, status, code] of wrong)
        expect(outcomeOf(await alice.withdraw(request))).toEqual([status, code]);
      expect(await alice.balance()).toEqual([1_000, 0]);
    });

    it('stays reserved while the provider is away, and goes on with the same request', async () => {
      const request = await alice.signedWithdrawal();
      provider.mode = 'breaks';
      const answer = await alice.withdraw(request);
      expect(outcomeOf(answer)).toEqual([503, 'PROVIDER_UNAVAILABLE']);
      expect(answer.body.error?.details).toEqual({ state: 'pending' });
      expect(await alice.balance()).toEqual([693, 307]);
      provider.mode = 'takes';
      expect((await alice.withdraw(request)).body).toMatchObject({ state: 'pending' });
      await provider.report('withdrawal.succeeded', request.withdrawalId);
      expect((await alice.withdraw(request)).body).toMatchObject({ state: 'posted' });
      expect(await alice.balance()).toEqual([693, 0]);
    });
  });

  describe('time', () => {
    let other: RunningServer;
    const on = async (overrides: DeepPartial<Profile>): Promise<void> => {
      other = await startPayingServer(provider, overrides);
      alice = await Payer.register(other.url, provider);
    };
    afterEach(() => other.close());

    it('voids a top-up that nobody paid, for good, and no withdrawal', async () => {
      await on({ payments: { providerTimeoutMs: 1_000 } });
      await alice.receive(1_000);
      const withdrawalId = await alice.beginWithdrawal();
      const topUpId = await alice.beginTopUp();
      await eventually(async () => (await alice.findTopUp(topUpId)).body.state === 'voided');
      expect((await provider.report('top-up.succeeded', topUpId)).body).toEqual({ state: 'voided' });
      expect((await alice.topUp(topUpId)).body).toMatchObject({ state: 'voided' });
      expect(await alice.balance()).toEqual([693, 307]);
      await provider.report('withdrawal.failed', withdrawalId);
      expect(await alice.balance()).toEqual([1_000, 0]);
    });

    it('of a server that ended while the provider was asked takes nothing: the same request goes on', async () => {
      await on({});
      const topUpId = ids.next();
      provider.mode = 'hangs';
      const asked = provider.requests.length;
      const lost = alice.topUp(topUpId).catch(() => undefined);
      await eventually(() => provider.requests.length > asked);
      await other.stop();
      await lost;
      provider.mode = 'takes';
      other = await startPayingServer(provider, {}, other);
      expect((await alice.topUp(topUpId)).body).toMatchObject({
        state: 'pending',
        payAt: `https://pay.example/${topUpId}`,
      });
      expect((await provider.report('top-up.succeeded', topUpId)).body).toEqual({ state: 'posted' });
      expect(await alice.balance()).toEqual([500, 0]);
    });
  });
});
