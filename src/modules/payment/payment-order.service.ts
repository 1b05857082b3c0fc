import { Inject, Injectable, Logger } from '@nestjs/common';
import type { AshwireConfig } from '../../config/config.schema.js';
import { CONFIG } from '../../config/config.token.js';
import { LIMITS } from '../../protocol/limits.js';
import type {
  PaymentOrderList,
  PaymentOrderRequest,
  PaymentOrderView,
} from '../../protocol/payloads/payment.payloads.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { orderView } from './domain/payment-order.js';
import { OrderAdmission } from './order.admission.js';
import { PaymentAnnouncer } from './payment.announcer.js';
import { type Effect, OrderStore } from './ports/order.store.port.js';

const DUE_AT_ONCE = 500;

/** The life of orders: pending, then posted or voided. Whatever is asked again is answered with what came of it. */
@Injectable()
export class PaymentOrderService {
  private readonly logger = new Logger(PaymentOrderService.name);

  constructor(
    @Inject(CONFIG) private readonly config: AshwireConfig,
    @Inject(OrderStore) private readonly orders: OrderStore,
    @Inject(OrderAdmission) private readonly admission: OrderAdmission,
    @Inject(PaymentAnnouncer) private readonly announcer: PaymentAnnouncer,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** A repetition needs a signature that is right, not the same one, and no more. */
  async place(payerId: string, request: PaymentOrderRequest): Promise<PaymentOrderView> {
    const order = await this.admission.draft(payerId, request);
    const { maxPerDay } = this.config.payments;
    const effect = await this.orders.place({ order, maxPerDay, admit: () => this.admission.admit(order) });
    if (effect.order.signature !== order.signature) this.admission.requireSigned(effect.order, order.signature);
    return this.answer(effect);
  }

  async claim(payeeId: string, orderId: string): Promise<PaymentOrderView> {
    return this.answer(await this.orders.claim(orderId, payeeId, this.clock.now()));
  }

  async show(userId: string, orderId: string): Promise<PaymentOrderView> {
    const order = await this.orders.find(orderId);
    if (order?.payerId !== userId && order?.payeeId !== userId) throw new DomainError('NOT_FOUND');
    return orderView(order);
  }

  async listPending(userId: string): Promise<PaymentOrderList> {
    return { orders: (await this.orders.listPending(userId, LIMITS.pendingOrdersPage)).map(orderView) };
  }

  /** Gives back what nobody has claimed. One that fails does not hold up the others. */
  async expire(): Promise<void> {
    for (let ended = DUE_AT_ONCE; ended === DUE_AT_ONCE;) {
      const due = await this.orders.listDue(this.clock.now(), DUE_AT_ONCE);
      ended = 0;
      for (const orderId of due) if (await this.expireOne(orderId)) ended += 1;
    }
  }

  private async expireOne(orderId: string): Promise<boolean> {
    try {
      const order = await this.orders.expire(orderId, this.clock.now());
      if (order) await this.announcer.orderChanged(order);
      return true;
    } catch (error) {
      this.logger.error({ orderId, stack: error instanceof Error ? error.stack : String(error) });
      return false;
    }
  }

  private async answer({ order, isNew }: Effect): Promise<PaymentOrderView> {
    if (isNew) await this.announcer.orderChanged(order);
    return orderView(order);
  }
}
