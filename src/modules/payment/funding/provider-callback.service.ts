import { Inject, Injectable, Logger } from '@nestjs/common';
import { PayloadValidators } from '../../../platform/validation/payload-validator.js';
import {
  type CallbackResult,
  type CallbackType,
  ProviderCallback,
} from '../../../protocol/payloads/payment.payloads.js';
import { Clock } from '../../../shared/clock.js';
import { DomainError } from '../../../shared/domain-error.js';
import type { Outcome } from '../ports/funding.store.port.js';
import { PaymentProvider, type ReceivedCallback } from '../ports/payment-provider.port.js';
import { FundingSettlement } from './funding.settlement.js';

const MEANING: Readonly<Record<CallbackType, Pick<Outcome, 'kind' | 'state'>>> = {
  'top-up.succeeded': { kind: 'top-up', state: 'posted' },
  'top-up.failed': { kind: 'top-up', state: 'voided' },
  'withdrawal.succeeded': { kind: 'withdrawal', state: 'posted' },
  'withdrawal.failed': { kind: 'withdrawal', state: 'voided' },
};

/** What the provider reports. Nothing of it is looked at before it is known to come from there. */
@Injectable()
export class ProviderCallbackService {
  private readonly logger = new Logger('Payment');

  constructor(
    @Inject(PaymentProvider) private readonly provider: PaymentProvider,
    @Inject(PayloadValidators) private readonly validators: PayloadValidators,
    @Inject(FundingSettlement) private readonly settlement: FundingSettlement,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async take(callback: ReceivedCallback): Promise<CallbackResult> {
    const eventId = this.provider.authenticate(callback);
    const { type, reference, amount, currency } = this.validators.check(ProviderCallback, parse(callback.body));
    const report = { eventId, amount, currency };
    const { state } = await this.settlement.settle({ ...MEANING[type], reference, at: this.clock.now(), report });
    // Money and ledger differ now: somebody has to give it back, or to look.
    if (state !== MEANING[type].state)
      this.logger.warn({ message: 'a callback came too late', type, reference, state });
    return { state };
  }
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch {
    throw new DomainError('BAD_JSON');
  }
}
