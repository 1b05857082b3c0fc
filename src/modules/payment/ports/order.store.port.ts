import type { StatementEntry } from '../../../protocol/payloads/payment.payloads.js';
import type { PaymentOrder } from '../domain/payment-order.js';

export interface Placing {
  readonly order: PaymentOrder;
  readonly maxPerDay: number;
  /**
   * Called for an order that is new, before money moves; throws to refuse it. Repetitions do not get here. It runs again where
   * the database makes the transaction run again.
   */
  readonly admit: () => Promise<void>;
}

export interface Effect {
  /** As it is now. */
  readonly order: PaymentOrder;
  /** False: it had happened before. */
  readonly isNew: boolean;
}

export interface Balance {
  readonly available: number;
  /** In own pending red packets and withdrawals. */
  readonly pending: number;
}

export interface StatementRange {
  readonly userId: string;
  readonly currency: string;
  /** Entries before this one; the newest without it. */
  readonly before?: number;
  readonly limit: number;
}

/** Orders and the money they move. Every verb is atomic: an order and its entries in the ledger are there together or not at all. */
export abstract class OrderStore {
  /**
   * At most one effect per order id, whatever is sent how often and how much at once. Throws ORDER_ID_REUSED for another order
   * with this id, PAYMENT_DAY_LIMIT with `left`, INSUFFICIENT_FUNDS; then nothing is stored.
   */
  abstract place(placing: Placing): Promise<Effect>;
  /** Gives a red packet to its payee. Throws NOT_FOUND, ORDER_EXPIRED. At `expiresAt` it is over. */
  abstract claim(orderId: string, payeeId: string, now: number): Promise<Effect>;
  /** Red packets that wait, of this payer or for this payee, oldest first. */
  abstract listPending(userId: string, limit: number): Promise<PaymentOrder[]>;
  abstract find(orderId: string): Promise<PaymentOrder | null>;
  /** Pending orders whose time is over, oldest first. */
  abstract listDue(now: number, limit: number): Promise<string[]>;
  /** Gives the money of one of them back. Null, and no effect, when it is not due or has ended. */
  abstract expire(orderId: string, now: number): Promise<PaymentOrder | null>;
  abstract balance(userId: string, currency: string): Promise<Balance>;
  /** Newest first. */
  abstract statement(range: StatementRange): Promise<StatementEntry[]>;
}
