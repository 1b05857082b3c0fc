import { type EntityManager, LessThan, LessThanOrEqual, MoreThan } from 'typeorm';
import type { Database } from '../../../platform/database/database.port.js';
import type { StatementEntry } from '../../../protocol/payloads/payment.payloads.js';
import { DomainError } from '../../../shared/domain-error.js';
import { accountIdOf } from '../domain/ledger.js';
import { isSameOrder, type PaymentOrder, postingsOf } from '../domain/payment-order.js';
import { type Balance, type Effect, OrderStore, type Placing, type StatementRange } from '../ports/order.store.port.js';
import { ensureUserAccount, post, systemAccount } from './ledger.statements.js';
import { orderOf, rowOf } from './order.mapping.js';
import { spendWithinDay } from './payment-day.statements.js';
import { LedgerEntryRow, PaymentAccountRow, PaymentOrderRow, WithdrawalRow } from './payment.rows.js';
import { isUniqueViolation } from '../../../platform/database/unique-violation.js';

export class TypeormOrderStore extends OrderStore {
  constructor(private readonly database: Database) {
    super();
  }

  async place(placing: Placing): Promise<Effect> {
    try {
      return await this.database.securedTransaction((manager) => placeOnce(manager, placing));
    } catch (error) {
      // Somebody has inserted the same id between the look and the insert; a database that lets writers overlap tells so late.
      const earlier = isUniqueViolation(error) ? await this.find(placing.order.orderId) : null;
      if (!earlier) throw error;
      return repetition(earlier, placing.order);
    }
  }

  claim(orderId: string, payeeId: string, now: number): Promise<Effect> {
    return this.database.securedTransaction(async (manager) => {
      const packet = { id: orderId, payeeId, kind: 'red-packet' } as const;
      const open = { ...packet, state: 'pending', expiresAt: MoreThan(now) } as const;
      const claimed = await manager.update(PaymentOrderRow, open, { state: 'posted', settledAt: now });
      const row = await manager.findOneBy(PaymentOrderRow, packet);
      if (!row) throw new DomainError('NOT_FOUND');
      if (row.state !== 'posted') throw new DomainError('ORDER_EXPIRED');
      const order = orderOf(row);
      if (claimed.affected === 1) await postLast(manager, order);
      return { order, isNew: claimed.affected === 1 };
    });
  }

  async find(orderId: string): Promise<PaymentOrder | null> {
    const row = await this.database.lookUp((manager) => manager.findOneBy(PaymentOrderRow, { id: orderId }));
    return row && orderOf(row);
  }

  async listPending(userId: string, limit: number): Promise<PaymentOrder[]> {
    const where = (['payerId', 'payeeId'] as const).map((side) => ({ [side]: userId, state: 'pending' as const }));
    const order = { createdAt: 'ASC', id: 'ASC' } as const;
    const rows = await this.database.lookUp((manager) => manager.find(PaymentOrderRow, { where, order, take: limit }));
    return rows.map(orderOf);
  }

  async listDue(now: number, limit: number): Promise<string[]> {
    const where = { state: 'pending', expiresAt: LessThanOrEqual(now) } as const;
    const order = { expiresAt: 'ASC', id: 'ASC' } as const;
    const rows = await this.database.lookUp((manager) =>
      manager.find(PaymentOrderRow, { select: { id: true }, where, order, take: limit }),
    );
    return rows.map(({ id }) => id);
  }

  expire(orderId: string, now: number): Promise<PaymentOrder | null> {
    return this.database.securedTransaction(async (manager) => {
      const due = { id: orderId, state: 'pending', expiresAt: LessThanOrEqual(now) } as const;
      const voided = await manager.update(PaymentOrderRow, due, { state: 'voided', settledAt: now });
      if (voided.affected !== 1) return null;
      const order = orderOf(await manager.findOneByOrFail(PaymentOrderRow, { id: orderId }));
      await postLast(manager, order);
      return order;
    });
  }

  balance(userId: string, currency: string): Promise<Balance> {
    return this.database.read(async (manager) => {
      const own = { userId, currency, state: 'pending' } as const;
      const account = await manager.findOneBy(PaymentAccountRow, { id: accountIdOf('user', userId, currency) });
      const packets = await manager.sum(PaymentOrderRow, 'amount', { payerId: userId, currency, state: 'pending' });
      const withdrawn = await manager.sum(WithdrawalRow, 'amount', own);
      const fees = await manager.sum(WithdrawalRow, 'fee', own);
      return { available: account?.balance ?? 0, pending: Number(packets) + Number(withdrawn) + Number(fees) };
    });
  }

  async statement({ userId, currency, before, limit }: StatementRange): Promise<StatementEntry[]> {
    const accountId = accountIdOf('user', userId, currency);
    const where = { accountId, ...(before !== undefined && { seq: LessThan(before) }) };
    const rows = await this.database.lookUp((manager) =>
      manager.find(LedgerEntryRow, { where, order: { seq: 'DESC' }, take: limit }),
    );
    return rows.map(({ seq, kind, amount, balanceAfter, reference, counterpartId, at }) => {
      const entry = { entryId: seq, kind, amount, balanceAfter, reference, at };
      return { ...entry, ...(counterpartId !== null && { counterpartId }) };
    });
  }
}

/** The order's row comes first: whoever else sends this id waits for it. */
async function placeOnce(manager: EntityManager, { order, maxPerDay, admit }: Placing): Promise<Effect> {
  const earlier = await manager.findOneBy(PaymentOrderRow, { id: order.orderId });
  if (earlier) return repetition(orderOf(earlier), order);
  await manager.insert(PaymentOrderRow, rowOf(order));
  await admit();
  await spendWithinDay(manager, order, maxPerDay);
  await postLast(manager, order);
  return { order, isNew: true };
}

function repetition(earlier: PaymentOrder, order: PaymentOrder): Effect {
  if (!isSameOrder(earlier, order)) throw new DomainError('ORDER_ID_REUSED');
  return { order: earlier, isNew: false };
}

/** Posts what the order's change of state has moved. */
async function postLast(manager: EntityManager, order: PaymentOrder): Promise<void> {
  const posting = postingsOf(order).at(-1);
  if (!posting) throw new Error('an order moves something');
  const { payerId, payeeId, currency } = order;
  for (const userId of [payerId, payeeId].sort()) await ensureUserAccount(manager, userId, currency, posting.at);
  await systemAccount(manager, 'escrow', currency);
  await post(manager, posting);
}
