import type { AshwireConfig } from '../../../config/config.schema.js';
import { LIMITS } from '../../../protocol/limits.js';
import type { PaymentOrderView, PaymentState } from '../../../protocol/payloads/payment.payloads.js';
import type { SignedPaymentOrder } from '../../../protocol/signing.js';
import { accountIdOf, type Posting } from './ledger.js';

/** What the payer signed, and what became of it. */
export interface PaymentOrder extends SignedPaymentOrder {
  /** The identity key that signed. */
  readonly payerKey: string;
  readonly signature: string;
  readonly state: PaymentState;
  readonly createdAt: number;
  /** Of a red packet: from here on it cannot be claimed. */
  readonly expiresAt: number | null;
  /** When it was posted or voided. */
  readonly settledAt: number | null;
}

type NewOrder = SignedPaymentOrder & Pick<PaymentOrder, 'payerKey' | 'signature'>;

/** Never longer than promised, whatever a profile says. */
export const redPacketLifeMs = ({ payments }: Pick<AshwireConfig, 'payments'>): number =>
  Math.min(payments.redPacketLifeMs, LIMITS.redPacketLifeMs);

/** A transfer is reserved and posted at once; a red packet waits. */
export function startOrder(order: NewOrder, createdAt: number, lifeMs: number): PaymentOrder {
  return order.kind === 'transfer'
    ? { ...order, state: 'posted', createdAt, expiresAt: null, settledAt: createdAt }
    : { ...order, state: 'pending', createdAt, expiresAt: createdAt + lifeMs, settledAt: null };
}

/** The server's name is not in a request: it may have changed since. */
const BODY = ['kind', 'payerId', 'payeeId', 'payeeKey', 'amount', 'currency', 'issuedAt', 'newKeyConfirmed'] as const;

export function isSameOrder(one: SignedPaymentOrder, other: SignedPaymentOrder): boolean {
  return BODY.every((field) => one[field] === other[field]);
}

/** What an order in this state has moved: the one truth for the store that posts it and for the audit. */
export function postingsOf(order: PaymentOrder): Posting[] {
  const { orderId, kind, payerId, payeeId, amount, currency, state, createdAt, settledAt } = order;
  const payer = accountIdOf('user', payerId, currency);
  const payee = accountIdOf('user', payeeId, currency);
  const escrow = accountIdOf('escrow', '', currency);
  const start = { postingId: `order:${orderId}`, kind, reference: orderId, at: createdAt };
  if (kind === 'transfer') {
    const move = { from: payer, to: payee, amount, fromCounterpartId: payeeId, toCounterpartId: payerId };
    return [{ ...start, moves: [move] }];
  }
  const reserved = { ...start, moves: [{ from: payer, to: escrow, amount, fromCounterpartId: payeeId }] };
  if (state === 'pending') return [reserved];
  const claim = { kind, moves: [{ from: escrow, to: payee, amount, toCounterpartId: payerId }] };
  const refund = { kind: 'refund' as const, moves: [{ from: escrow, to: payer, amount, toCounterpartId: payeeId }] };
  // One id for both ends: a packet that was claimed cannot be refunded, by the unique key.
  const end = { postingId: `order-end:${orderId}`, reference: orderId, at: settledAt ?? 0 };
  return [reserved, { ...end, ...(state === 'posted' ? claim : refund) }];
}

export function orderView(order: PaymentOrder): PaymentOrderView {
  const { orderId, kind, payerId, payeeId, amount, currency, state, createdAt, expiresAt, settledAt } = order;
  const view = { orderId, kind, payerId, payeeId, amount, currency, state, createdAt };
  return { ...view, ...(expiresAt !== null && { expiresAt }), ...(settledAt !== null && { settledAt }) };
}

/** Days since the epoch: from one midnight UTC to the next. */
export const dayOf = (time: number): number => Math.floor(time / 86_400_000);
