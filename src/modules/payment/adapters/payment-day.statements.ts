import type { EntityManager } from 'typeorm';
import { insertMissing } from '../../../platform/database/insert-missing.js';
import { DomainError } from '../../../shared/domain-error.js';
import { dayOf, type PaymentOrder } from '../domain/payment-order.js';
import { PaymentDayRow } from './payment.rows.js';

/** Counts an order against its payer's day (UTC). Refunds do not give the day back. Throws PAYMENT_DAY_LIMIT. */
export async function spendWithinDay(
  manager: EntityManager,
  { payerId: userId, amount, createdAt }: PaymentOrder,
  max: number,
): Promise<void> {
  const day = { userId, day: dayOf(createdAt) };
  if (!(await manager.existsBy(PaymentDayRow, day))) await insertMissing(manager, PaymentDayRow, { ...day, spent: 0 });
  const counted = await manager
    .createQueryBuilder()
    .update(PaymentDayRow)
    .set({ spent: () => 'spent + :amount' })
    .where('user_id = :userId AND day = :day AND spent + :amount <= :max', { ...day, amount, max })
    .execute();
  if (counted.affected === 1) return;
  const { spent } = await manager.findOneByOrFail(PaymentDayRow, day);
  throw new DomainError('PAYMENT_DAY_LIMIT', { left: Math.max(0, max - spent) });
}
