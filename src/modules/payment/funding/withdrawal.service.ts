import { Inject, Injectable } from '@nestjs/common';
import type { WithdrawalRequest, WithdrawalView } from '../../../protocol/payloads/payment.payloads.js';
import { DomainError } from '../../../shared/domain-error.js';
import { PaymentAnnouncer } from '../payment.announcer.js';
import { FundingStore, type Withdrawal } from '../ports/funding.store.port.js';
import { FundingLimits } from './funding.limits.js';
import { WithdrawalOffers } from './withdrawal.offers.js';
import { WithdrawalOrders } from './withdrawal.orders.js';

@Injectable()
export class WithdrawalService {
  constructor(
    @Inject(FundingLimits) private readonly limits: FundingLimits,
    @Inject(WithdrawalOrders) private readonly orders: WithdrawalOrders,
    @Inject(FundingStore) private readonly funding: FundingStore,
    @Inject(WithdrawalOffers) private readonly offers: WithdrawalOffers,
    @Inject(PaymentAnnouncer) private readonly announcer: PaymentAnnouncer,
  ) {}

  async start(userId: string, request: WithdrawalRequest): Promise<WithdrawalView> {
    await this.limits.order(userId);
    const known = await this.funding.findWithdrawal(request.withdrawalId);
    const order = await this.orders.read(userId, request);
    // A repetition is held to the first one's body by the store, and may come when the first is long outdated.
    if (!known) this.orders.check(order);
    const withdrawal = await this.funding.beginWithdrawal(order);
    if (!known) await this.announcer.balanceChanged(userId);
    return withdrawalView(await this.offers.offer(withdrawal));
  }

  async get(userId: string, withdrawalId: string): Promise<WithdrawalView> {
    const withdrawal = await this.funding.findWithdrawal(withdrawalId);
    if (withdrawal?.userId !== userId) throw new DomainError('NOT_FOUND');
    return withdrawalView(withdrawal);
  }
}

function withdrawalView(withdrawal: Withdrawal): WithdrawalView {
  const { withdrawalId, amount, fee, currency, state, createdAt } = withdrawal;
  return { withdrawalId, amount, fee, currency, state, createdAt };
}
