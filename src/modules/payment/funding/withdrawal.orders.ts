import { Inject, Injectable } from '@nestjs/common';
import type { AshwireConfig } from '../../../config/config.schema.js';
import { CONFIG } from '../../../config/config.token.js';
import { LIMITS } from '../../../protocol/limits.js';
import type { WithdrawalRequest } from '../../../protocol/payloads/payment.payloads.js';
import { withdrawalBytes } from '../../../protocol/signing.js';
import { Clock } from '../../../shared/clock.js';
import { DomainError } from '../../../shared/domain-error.js';
import { serverNameOf, UserFacade, verifySignature } from '../../user/index.js';
import type { NewWithdrawal } from '../ports/funding.store.port.js';
import { FundingLimits } from './funding.limits.js';

/** After this the provider is asked again whether it has a withdrawal. */
export const OFFER_AGAIN_MS = 60_000;

/** Turns what an owner has signed into a withdrawal. */
@Injectable()
export class WithdrawalOrders {
  constructor(
    @Inject(CONFIG) private readonly config: AshwireConfig,
    @Inject(UserFacade) private readonly users: UserFacade,
    @Inject(FundingLimits) private readonly limits: FundingLimits,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Throws NOT_FOUND without a user. To be checked unless it repeats one that was. */
  async read(userId: string, request: WithdrawalRequest): Promise<NewWithdrawal> {
    const owner = await this.users.findPerson(userId);
    if (!owner) throw new DomainError('NOT_FOUND');
    const createdAt = this.clock.now();
    return {
      ...request,
      userId,
      fee: this.config.payments.withdrawalFee,
      server: serverNameOf(this.config),
      identityKey: owner.identityKey,
      createdAt,
      offerAt: createdAt + OFFER_AGAIN_MS,
    };
  }

  /** Throws CURRENCY_UNSUPPORTED, PAYMENT_LIMIT, ORDER_OUTDATED, BAD_SIGNATURE. */
  check(withdrawal: NewWithdrawal): void {
    const { createdAt, issuedAt, identityKey, signature } = withdrawal;
    this.limits.requireAllowed(withdrawal);
    if (Math.abs(createdAt - issuedAt) > LIMITS.orderClockSkewMs) {
      throw new DomainError('ORDER_OUTDATED', { serverTime: createdAt });
    }
    if (!verifySignature(identityKey, withdrawalBytes(withdrawal), signature)) {
      throw new DomainError('BAD_SIGNATURE', { field: 'signature' });
    }
  }
}
