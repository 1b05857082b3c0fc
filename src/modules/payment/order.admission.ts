import { Inject, Injectable } from '@nestjs/common';
import type { AshwireConfig } from '../../config/config.schema.js';
import { CONFIG } from '../../config/config.token.js';
import { RateLimiter } from '../../platform/rate-limit/rate-limiter.port.js';
import { LIMITS } from '../../protocol/limits.js';
import type { PaymentOrderRequest } from '../../protocol/payloads/payment.payloads.js';
import { paymentOrderBytes } from '../../protocol/signing.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { RelationFacade } from '../relation/index.js';
import { serverNameOf, UserFacade, verifySignature } from '../user/index.js';
import { type PaymentOrder, redPacketLifeMs, startOrder } from './domain/payment-order.js';

/** Decides whether an order may begin. What has begun is never judged again. */
@Injectable()
export class OrderAdmission {
  constructor(
    @Inject(CONFIG) private readonly config: AshwireConfig,
    @Inject(UserFacade) private readonly users: UserFacade,
    @Inject(RelationFacade) private readonly relations: RelationFacade,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** The request as the order that it would be, nothing of it checked. Throws NOT_YOURSELF. */
  async draft(payerId: string, request: PaymentOrderRequest): Promise<PaymentOrder> {
    if (request.payeeId === payerId) throw new DomainError('NOT_YOURSELF');
    const payer = await this.users.findPerson(payerId);
    if (!payer) throw new DomainError('NOT_FOUND');
    const order = { ...request, server: serverNameOf(this.config), payerId, payerKey: payer.identityKey };
    return startOrder(order, this.clock.now(), redPacketLifeMs(this.config));
  }

  /** Throws RATE_LIMITED and whatever else speaks against a new order. A refused one counts against the rate too. */
  async admit(order: PaymentOrder): Promise<void> {
    const { payments, limits } = this.config;
    await this.limiter.consume('payment-order', order.payerId, limits.paymentOrdersPerUser);
    const { currency, maxPerOrder: max } = payments;
    if (order.currency !== currency) throw new DomainError('CURRENCY_UNSUPPORTED', { currency });
    if (order.amount > max) throw new DomainError('PAYMENT_LIMIT', { max });
    if (Math.abs(order.issuedAt - order.createdAt) > LIMITS.orderClockSkewMs)
      throw new DomainError('ORDER_OUTDATED', { serverTime: order.createdAt });
    this.requireSigned(order);
    if (!(await this.relations.areFriends(order.payerId, order.payeeId))) throw new DomainError('NOT_FOUND');
    await this.requirePayeeKey(order);
  }

  /** Throws BAD_SIGNATURE. */
  requireSigned(order: PaymentOrder, signature = order.signature): void {
    if (verifySignature(order.payerKey, paymentOrderBytes(order), signature)) return;
    throw new DomainError('BAD_SIGNATURE', { field: 'signature' });
  }

  /** The time of a key's change is near the server's: the user module sees to it. An account's first key is never recent. */
  private async requirePayeeKey({ payeeId, payeeKey, newKeyConfirmed }: PaymentOrder): Promise<void> {
    const current = (await this.users.listKeyHistory(payeeId)).at(-1);
    if (!current) throw new DomainError('NOT_FOUND');
    if (current.identityKey !== payeeKey) throw new DomainError('PAYEE_KEY_CHANGED');
    const isRecent = current.version > 1 && this.clock.now() - current.createdAt < this.config.payments.newKeyMs;
    if (isRecent && !newKeyConfirmed) throw new DomainError('PAYEE_KEY_RECENT');
  }
}
