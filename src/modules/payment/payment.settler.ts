import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { AshwireConfig } from '../../config/config.schema.js';
import { CONFIG } from '../../config/config.token.js';
import { Lease } from '../../platform/lease/lease.port.js';
import { FundingService } from './funding/funding.service.js';
import { PaymentOrderService } from './payment-order.service.js';

/** A node that dies while it settles is replaced after this time. */
const LEASE_MS = 60_000;

/** Ends what is over, on one node at a time. What is due stands in SQL, so a restart forgets nothing. */
@Injectable()
export class PaymentSettler implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(PaymentSettler.name);
  private timer: NodeJS.Timeout | undefined;
  private settling: Promise<void> | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: AshwireConfig,
    @Inject(Lease) private readonly lease: Lease,
    @Inject(PaymentOrderService) private readonly orders: PaymentOrderService,
    @Inject(FundingService) private readonly funding: FundingService,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.settle(), this.config.payments.settleEveryMs);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.settling;
  }

  /** One at a time in this process too. Never throws. */
  settle(): Promise<void> {
    this.settling ??= this.settleOnce().finally(() => (this.settling = undefined));
    return this.settling;
  }

  private async settleOnce(): Promise<void> {
    await this.attempt(() => this.lease.hold('payment-settler', LEASE_MS, () => this.endWhatIsOver()));
  }

  private async endWhatIsOver(): Promise<void> {
    await this.attempt(() => this.orders.expire());
    await this.attempt(() => this.funding.expire());
  }

  private async attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.error({ stack: error instanceof Error ? error.stack : String(error) });
    }
  }
}
