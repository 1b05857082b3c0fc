import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../../shared/clock.js';
import { DomainError } from '../../../shared/domain-error.js';
import { FundingStore, type Withdrawal } from '../ports/funding.store.port.js';
import { FundingSettlement } from './funding.settlement.js';
import { WithdrawalOffers } from './withdrawal.offers.js';
import { OFFER_AGAIN_MS } from './withdrawal.orders.js';

const OVERDUE = 500;
/** Each may take as long as the provider is given for its answer. */
const OFFERS = 5;

/** What has to happen to top-ups and withdrawals without anybody asking; from the settler, on one node at a time. */
@Injectable()
export class FundingService {
  constructor(
    @Inject(FundingStore) private readonly funding: FundingStore,
    @Inject(FundingSettlement) private readonly settlement: FundingSettlement,
    @Inject(WithdrawalOffers) private readonly offers: WithdrawalOffers,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Voids top-ups that nobody paid in time, and offers again the withdrawals that the provider has not taken. */
  async expire(): Promise<void> {
    const now = this.clock.now();
    for (const reference of await this.funding.listOverdueTopUps(now, OVERDUE)) {
      await this.settlement.settle({ kind: 'top-up', reference, state: 'voided', at: now });
    }
    for (const withdrawal of await this.funding.takeOffers(now, now + OFFER_AGAIN_MS, OFFERS)) {
      if (!(await this.isTaken(withdrawal))) return;
    }
  }

  private async isTaken(withdrawal: Withdrawal): Promise<boolean> {
    try {
      await this.offers.offer(withdrawal);
      return true;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'PROVIDER_UNAVAILABLE') return false;
      throw error;
    }
  }
}
