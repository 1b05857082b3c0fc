import { Inject, Injectable, Logger } from '@nestjs/common';
import { Delivery } from '../../platform/delivery/delivery.port.js';
import { orderView, type PaymentOrder } from './domain/payment-order.js';
import { PaymentAccountService } from './payment-account.service.js';

/** Tells users what has been committed. Nothing here can undo it, so a failure is logged and goes no further. */
@Injectable()
export class PaymentAnnouncer {
  private readonly logger = new Logger(PaymentAnnouncer.name);

  constructor(
    @Inject(PaymentAccountService) private readonly accounts: PaymentAccountService,
    @Inject(Delivery) private readonly delivery: Delivery,
  ) {}

  async orderChanged(order: PaymentOrder): Promise<void> {
    const { payerId, payeeId, state } = order;
    for (const userId of [payerId, payeeId]) this.delivery.toUser(userId, 'payment:updated', orderView(order));
    await this.balanceChanged(payerId);
    if (state === 'posted') await this.balanceChanged(payeeId);
  }

  async balanceChanged(userId: string): Promise<void> {
    try {
      this.delivery.toUser(userId, 'payment:balance-changed', await this.accounts.balance(userId));
    } catch (error) {
      this.logger.error({ userId, stack: error instanceof Error ? error.stack : String(error) });
    }
  }
}
