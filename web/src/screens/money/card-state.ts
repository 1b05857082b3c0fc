import type { PaymentCard, PaymentOrderView } from '../../../../sdk/index.js';

/** Whether the server has the order that a card describes; `unknown`: it could not be asked. */
export type Verdict = 'checking' | 'true' | 'false' | 'unknown';

export type CardState =
  | 'checking'
  | 'unchecked'
  /** The server has no such order: nobody is to believe the card. */
  | 'false'
  | 'paid'
  | 'refused'
  | 'underWay'
  /** A red packet for this person. */
  | 'claimable'
  /** One that this person has sent. */
  | 'waiting'
  | 'claimed'
  | 'returned'
  /** Its time is over; the server has not said yet that it went back. */
  | 'over';

export interface CardFacts {
  readonly card: Pick<PaymentCard, 'kind'>;
  readonly verdict: Verdict | undefined;
  readonly order: PaymentOrderView | undefined;
  readonly ownId: string;
  /** Milliseconds. */
  readonly now: number;
}

/** A card is what a friend wrote; the order behind it is what happened. */
export function cardState({ card, verdict, order, ownId, now }: CardFacts): CardState {
  if (verdict === 'false') return 'false';
  if (verdict === 'unknown') return 'unchecked';
  if (verdict !== 'true' || !order) return 'checking';
  return card.kind === 'transfer' ? transferState(order) : packetState(order, ownId, now);
}

function transferState({ state }: PaymentOrderView): CardState {
  if (state === 'posted') return 'paid';
  return state === 'voided' ? 'refused' : 'underWay';
}

/** Also of a packet whose card has burned. */
export function packetState(
  { state, payerId, expiresAt = Infinity }: PaymentOrderView,
  ownId: string,
  now: number,
): CardState {
  if (state === 'posted') return 'claimed';
  if (state === 'voided') return 'returned';
  if (expiresAt <= now) return 'over';
  return payerId === ownId ? 'waiting' : 'claimable';
}
