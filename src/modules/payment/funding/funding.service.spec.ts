import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DomainError } from '../../../shared/domain-error.js';
import { RandomIds } from '../../../shared/ids.js';
import { SandboxPaymentProvider } from '../adapters/sandbox-payment-provider.js';
import { PaymentAnnouncer } from '../payment.announcer.js';
import type { PaymentState } from '../../../protocol/payloads/payment.payloads.js';
import type { StartedWithdrawal, WithdrawalStart } from '../ports/payment-provider.port.js';
import { CURRENCY, type PaymentRig, startPayments } from '../spec/payment-rig.fixture.js';
import type { SigningPerson } from '../spec/signing-people.fixture.js';
import { FundingService } from './funding.service.js';
import { FundingSettlement } from './funding.settlement.js';
import { WithdrawalOffers } from './withdrawal.offers.js';
import { OFFER_AGAIN_MS } from './withdrawal.orders.js';

const ids = new RandomIds();
const YEAR_MS = 365 * 24 * 60 * 60_000;

/** Does as it is told. */
class WilfulProvider extends SandboxPaymentProvider {
  readonly asked: string[] = [];
  answer: StartedWithdrawal | Error = { settled: false };

  override startWithdrawal(withdrawal?: WithdrawalStart): Promise<StartedWithdrawal> {
    this.asked.push(withdrawal?.withdrawalId ?? '');
    return this.answer instanceof Error ? Promise.reject(this.answer) : Promise.resolve(this.answer);
  }
}

describe('FundingService', () => {
  let rig: PaymentRig;
  let provider: WilfulProvider;
  let service: FundingService;
  let alice: SigningPerson;

  beforeEach(async () => {
    rig = await startPayments();
    provider = new WilfulProvider();
    const settlement = new FundingSettlement(rig.funding, new PaymentAnnouncer(rig.accounts, rig.delivery));
    const offers = new WithdrawalOffers(rig.funding, provider, settlement, rig.clock);
    service = new FundingService(rig.funding, settlement, offers, rig.clock);
    [alice] = await rig.pair(1_000);
  });
  afterEach(() => rig.close());

  const beginWithdrawal = async (): Promise<string> => {
    const withdrawalId = ids.next();
    const now = rig.clock.now();
    await rig.funding.beginWithdrawal({
      ...{ withdrawalId, userId: alice.userId, amount: 100, fee: 0, currency: CURRENCY, destination: 'account 1' },
      ...{ server: rig.server, identityKey: alice.key, issuedAt: now, signature: 's'.repeat(86) },
      ...{ createdAt: now, offerAt: now + OFFER_AGAIN_MS },
    });
    return withdrawalId;
  };
  const stateOf = async (withdrawalId: string): Promise<PaymentState | undefined> =>
    (await rig.funding.findWithdrawal(withdrawalId))?.state;
  const later = async (milliseconds: number): Promise<void> => {
    rig.clock.advance(milliseconds);
    await service.expire();
  };

  it('asks the provider again, every minute, until it has the withdrawal, and then never', async () => {
    const withdrawalId = await beginWithdrawal();
    provider.answer = new DomainError('PROVIDER_UNAVAILABLE');
    await later(OFFER_AGAIN_MS - 1);
    expect(provider.asked).toEqual([]);
    await later(1);
    await later(OFFER_AGAIN_MS - 1);
    expect(provider.asked).toEqual([withdrawalId]);
    provider.answer = { settled: false };
    await later(1);
    await later(OFFER_AGAIN_MS);
    expect(provider.asked).toEqual([withdrawalId, withdrawalId]);
  });

  it('voids no withdrawal by time, whether or not the provider has answered', async () => {
    const [taken, unknown] = [await beginWithdrawal(), await beginWithdrawal()];
    await rig.funding.markTaken('withdrawal', taken);
    provider.answer = new DomainError('PROVIDER_UNAVAILABLE');
    await later(YEAR_MS);
    expect([await stateOf(taken), await stateOf(unknown)]).toEqual(['pending', 'pending']);
    expect(await rig.accounts.balance(alice.userId)).toMatchObject({ available: 800, pending: 200 });
  });

  it('asks a provider that is away once, not for each withdrawal', async () => {
    for (let n = 0; n < 3; n += 1) await beginWithdrawal();
    provider.answer = new DomainError('PROVIDER_UNAVAILABLE');
    await later(OFFER_AGAIN_MS);
    expect(provider.asked).toHaveLength(1);
  });

  it('posts what the provider has paid at once, and tells its owner', async () => {
    const withdrawalId = await beginWithdrawal();
    provider.answer = { settled: true };
    await later(OFFER_AGAIN_MS);
    expect(await stateOf(withdrawalId)).toBe('posted');
    expect(rig.delivery.pushes).toEqual([
      {
        userId: alice.userId,
        event: 'payment:balance-changed',
        payload: { currency: CURRENCY, available: 900, pending: 0 },
      },
    ]);
  });

  it('voids the top-ups that were not paid in time, at that time', async () => {
    const createdAt = rig.clock.now();
    const topUp = { topUpId: ids.next(), userId: alice.userId, amount: 100, currency: CURRENCY, createdAt };
    await rig.funding.beginTopUp({ ...topUp, expiresAt: createdAt + 1_000 });
    await later(999);
    expect(await rig.funding.findTopUp(topUp.topUpId)).toMatchObject({ state: 'pending' });
    await later(1);
    expect(await rig.funding.findTopUp(topUp.topUpId)).toMatchObject({ state: 'voided' });
    expect(await rig.accounts.balance(alice.userId)).toMatchObject({ available: 1_000 });
  });

  it('hides no defect', async () => {
    await beginWithdrawal();
    provider.answer = new TypeError('a defect');
    await expect(later(OFFER_AGAIN_MS)).rejects.toThrow('a defect');
  });
});
