import { Inject, Injectable } from '@nestjs/common';
import type { TopUpRequest, TopUpView } from '../../../protocol/payloads/payment.payloads.js';
import { Clock } from '../../../shared/clock.js';
import { DomainError } from '../../../shared/domain-error.js';
import { FundingStore, type TopUp } from '../ports/funding.store.port.js';
import { PaymentProvider } from '../ports/payment-provider.port.js';
import { FundingLimits } from './funding.limits.js';
import { FundingSettlement } from './funding.settlement.js';

/** Kept as pending before the provider hears of it: whatever breaks after that, the same request goes on from there. */
@Injectable()
export class TopUpService {
  constructor(
    @Inject(FundingLimits) private readonly limits: FundingLimits,
    @Inject(FundingStore) private readonly funding: FundingStore,
    @Inject(PaymentProvider) private readonly provider: PaymentProvider,
    @Inject(FundingSettlement) private readonly settlement: FundingSettlement,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async start(userId: string, request: TopUpRequest): Promise<TopUpView> {
    await this.limits.order(userId);
    this.limits.requireAllowed(request);
    const createdAt = this.clock.now();
    const expiresAt = this.limits.topUpExpiry(createdAt);
    const topUp = await this.funding.beginTopUp({ ...request, userId, createdAt, expiresAt });
    const isOpen = topUp.state === 'pending' && topUp.payAt === null && createdAt < topUp.expiresAt;
    return topUpView(isOpen ? await this.offer(topUp) : topUp);
  }

  async get(userId: string, topUpId: string): Promise<TopUpView> {
    const topUp = await this.funding.findTopUp(topUpId);
    if (topUp?.userId !== userId) throw new DomainError('NOT_FOUND');
    return topUpView(topUp);
  }

  private async offer(topUp: TopUp): Promise<TopUp> {
    const { topUpId, amount, currency } = topUp;
    const { settled, payAt } = await this.provider.startTopUp({ topUpId, amount, currency });
    const at = this.clock.now();
    if (settled) await this.settlement.settle({ kind: 'top-up', reference: topUpId, state: 'posted', at });
    else await this.funding.markTaken('top-up', topUpId, payAt);
    // The provider may have called back by now.
    return (await this.funding.findTopUp(topUpId)) ?? topUp;
  }
}

function topUpView({ topUpId, amount, currency, state, createdAt, payAt }: TopUp): TopUpView {
  const view = { topUpId, amount, currency, state, createdAt };
  return state === 'pending' && payAt !== null ? { ...view, payAt } : view;
}
