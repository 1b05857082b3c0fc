import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../../shared/clock.js';
import { DomainError } from '../../../shared/domain-error.js';
import { FundingStore, type Withdrawal } from '../ports/funding.store.port.js';
import { PaymentProvider, type WithdrawalStart } from '../ports/payment-provider.port.js';
import { FundingSettlement } from './funding.settlement.js';

/**
 * Hands withdrawals to the provider until it has them. From the first try on it may have paid, even when no answer came: so no
 * withdrawal is voided by time, only by the provider saying that it failed.
 */
@Injectable()
export class WithdrawalOffers {
  constructor(
    @Inject(FundingStore) private readonly funding: FundingStore,
    @Inject(PaymentProvider) private readonly provider: PaymentProvider,
    @Inject(FundingSettlement) private readonly settlement: FundingSettlement,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** As it is after that. Throws PROVIDER_UNAVAILABLE; then it waits in escrow for the next try. */
  async offer(withdrawal: Withdrawal): Promise<Withdrawal> {
    const { withdrawalId, amount, currency, destination, state, offerAt } = withdrawal;
    if (state !== 'pending' || offerAt === null) return withdrawal;
    const at = this.clock.now();
    const { settled } = await this.start({ withdrawalId, amount, currency, destination });
    if (settled) await this.settlement.settle({ kind: 'withdrawal', reference: withdrawalId, state: 'posted', at });
    else await this.funding.markTaken('withdrawal', withdrawalId);
    return (await this.funding.findWithdrawal(withdrawalId)) ?? withdrawal;
  }

  private async start(withdrawal: WithdrawalStart): Promise<{ settled: boolean }> {
    try {
      return await this.provider.startWithdrawal(withdrawal);
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'PROVIDER_UNAVAILABLE') throw error;
      throw new DomainError(
        'PROVIDER_UNAVAILABLE',
        { state: 'pending' },
        'The payment provider does not answer. The amount stays reserved, and the provider is asked again.',
      );
    }
  }
}
