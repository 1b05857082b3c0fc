import { Inject, Injectable } from '@nestjs/common';
import type { AshwireConfig } from '../../../config/config.schema.js';
import { CONFIG } from '../../../config/config.token.js';
import { RateLimiter } from '../../../platform/rate-limit/rate-limiter.port.js';
import { DomainError } from '../../../shared/domain-error.js';

/** What the profile allows of top-ups and withdrawals. */
@Injectable()
export class FundingLimits {
  constructor(
    @Inject(CONFIG) private readonly config: AshwireConfig,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
  ) {}

  /** One budget with the orders. Throws RATE_LIMITED. */
  order(userId: string): Promise<void> {
    return this.limiter.consume('payment-order', userId, this.config.limits.paymentOrdersPerUser);
  }

  /** Throws CURRENCY_UNSUPPORTED, PAYMENT_LIMIT. */
  requireAllowed(money: { readonly amount: number; readonly currency: string }): void {
    const { currency, maxPerOrder: max } = this.config.payments;
    if (money.currency !== currency) throw new DomainError('CURRENCY_UNSUPPORTED', { currency });
    if (money.amount > max) throw new DomainError('PAYMENT_LIMIT', { max });
  }

  topUpExpiry(createdAt: number): number {
    return createdAt + this.config.payments.providerTimeoutMs;
  }
}
