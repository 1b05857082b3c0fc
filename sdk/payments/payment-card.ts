import type { PaymentOrderView } from '../../src/protocol/payloads/payment.payloads.js';
import { PAYMENT_ORDER_KINDS, type PaymentOrderKind } from '../../src/protocol/signing.js';
import { AshwireError } from '../ashwire-error.js';
import { anId, fields, oneOf, optional, type Shape } from '../transport/shape.js';
import { aCurrency, anAmount } from './payment-shapes.js';

/**
 * What a message says of an order. A claim of its sender and no proof: anybody can write one. What counts is the server's
 * order, see `client.payments.verifyCard`.
 */
export interface PaymentCard {
  readonly orderId: string;
  readonly kind: PaymentOrderKind;
  /** In the smallest unit of the currency. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
  readonly note?: string;
}

/** As it is inside a sealed message. */
export interface CardPayload extends PaymentCard {
  readonly type: 'payment';
  readonly replaces?: string;
}

export const NOTE_CODE_POINTS = 200;

const aNote: Shape = (value) => typeof value === 'string' && value !== '' && [...value].length <= NOTE_CODE_POINTS;
const aCard = fields({
  orderId: anId,
  kind: oneOf(...PAYMENT_ORDER_KINDS),
  amount: anAmount,
  currency: aCurrency,
  note: optional(aNote),
});

/** Whatever came out of a message, as a card with nothing else in it; undefined when it is none. */
export function cardOf(value: unknown): PaymentCard | undefined {
  if (!aCard(value)) return undefined;
  const { orderId, kind, amount, currency, note } = value as PaymentCard;
  return { orderId, kind, amount, currency, ...(note === undefined ? {} : { note }) };
}

/** @throws AshwireError BAD_REQUEST. */
export function requireNote(note: string | undefined): void {
  if (note !== undefined && !aNote(note)) {
    throw new AshwireError('BAD_REQUEST', { field: 'note', min: 1, max: NOTE_CODE_POINTS });
  }
}

/** Whether the order is what the card says, between these two. Without a payee: whoever it is. */
export function agrees(
  order: PaymentOrderView,
  card: PaymentCard,
  { payerId, payeeId = order.payeeId }: { readonly payerId: string; readonly payeeId?: string },
): boolean {
  return (
    order.orderId === card.orderId &&
    order.kind === card.kind &&
    order.amount === card.amount &&
    order.currency === card.currency &&
    order.payerId === payerId &&
    order.payeeId === payeeId
  );
}
