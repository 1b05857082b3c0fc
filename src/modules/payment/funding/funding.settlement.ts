import { Inject, Injectable } from '@nestjs/common';
import { PaymentAnnouncer } from '../payment.announcer.js';
import { FundingStore, type Outcome, type Settled } from '../ports/funding.store.port.js';

/** Settles and tells whom it concerns. */
@Injectable()
export class FundingSettlement {
  constructor(
    @Inject(FundingStore) private readonly funding: FundingStore,
    @Inject(PaymentAnnouncer) private readonly announcer: PaymentAnnouncer,
  ) {}

  async settle(outcome: Outcome): Promise<Settled> {
    const settled = await this.funding.settle(outcome);
    if (settled.changed) await this.announcer.balanceChanged(settled.userId);
    return settled;
  }
}
