import { Inject, Injectable } from '@nestjs/common';
import type { AshwireConfig } from '../../config/config.schema.js';
import { CONFIG } from '../../config/config.token.js';
import type { BalanceView, PaymentTerms, Statement, StatementQuery } from '../../protocol/payloads/payment.payloads.js';
import { serverNameOf } from '../user/index.js';
import { redPacketLifeMs } from './domain/payment-order.js';
import { OrderStore } from './ports/order.store.port.js';

const DEFAULT_PAGE = 50;

/** What a user may know of this server's money and of its own. */
@Injectable()
export class PaymentAccountService {
  constructor(
    @Inject(CONFIG) private readonly config: AshwireConfig,
    @Inject(OrderStore) private readonly orders: OrderStore,
  ) {}

  terms(): PaymentTerms {
    const { currency, decimals, maxPerOrder, maxPerDay, withdrawalFee } = this.config.payments;
    const provider = this.config.adapters.paymentProvider.kind;
    const money = { currency, decimals, provider, testMoney: provider === 'sandbox' };
    const caps = { maxPerOrder, maxPerDay, withdrawalFee, redPacketLifeMs: redPacketLifeMs(this.config) };
    return { server: serverNameOf(this.config), ...money, ...caps };
  }

  async balance(userId: string): Promise<BalanceView> {
    const { currency } = this.config.payments;
    return { currency, ...(await this.orders.balance(userId, currency)) };
  }

  async statement(userId: string, query: StatementQuery): Promise<Statement> {
    const { currency } = this.config.payments;
    const limit = Number(query.limit ?? DEFAULT_PAGE);
    const before = query.cursor === undefined ? {} : { before: Number(query.cursor) };
    const found = await this.orders.statement({ userId, currency, ...before, limit: limit + 1 });
    const entries = found.slice(0, limit);
    const last = entries.at(-1);
    return { entries, ...(found.length > limit && last && { nextCursor: String(last.entryId) }) };
  }
}
