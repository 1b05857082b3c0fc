import { type PaymentCard, formatAmount, type PaymentOrderView, type StatementEntry } from '../sdk/index.js';

/** How amounts are written; absent while the server has not told. */
export interface Currency {
  readonly currency: string;
  readonly decimals: number;
}

export function describeAmount(amount: number, { currency, decimals }: Currency): string {
  return `${formatAmount(amount, decimals)} ${currency}`;
}

/** What the reader of a card may know beside it. */
export interface CardFacts {
  readonly terms?: Currency | undefined;
  /** As the server has it; null: the server has no such order. */
  readonly order?: PaymentOrderView | null | undefined;
  readonly senderId: string;
  /** The number to claim it by, for whom it is. */
  readonly claim?: number | undefined;
}

/** A card is what a friend wrote; the order behind it is what happened. */
export function describeCard(card: PaymentCard, { terms, order, senderId, claim }: CardFacts): string {
  const amount = terms ? describeAmount(card.amount, { ...terms, currency: card.currency }) : `… ${card.currency}`;
  const what = card.kind === 'transfer' ? 'transfer' : 'red packet';
  const note = card.note === undefined ? '' : ` "${card.note}"`;
  const state =
    order && !matches(card, order, senderId) ? 'FALSE: the server has another order' : stateOf(order, claim);
  return `[${what} ${amount}${note}${state && ', '}${state}]`;
}

function matches(card: PaymentCard, order: PaymentOrderView, senderId: string): boolean {
  const { kind, amount, currency } = card;
  return order.kind === kind && order.amount === amount && order.currency === currency && order.payerId === senderId;
}

function stateOf(order: PaymentOrderView | null | undefined, claim: number | undefined): string {
  if (order === undefined) return '';
  if (order === null) return 'FALSE: the server has no such order';
  if (order.state === 'pending') return claim === undefined ? 'pending' : `/claim ${claim}`;
  if (order.kind === 'transfer') return order.state === 'posted' ? 'paid' : 'refused';
  return order.state === 'posted' ? 'claimed' : 'refunded';
}

/** What became of an order, in a sentence; undefined where its card says enough. */
export function describeOrder(
  { kind, state }: PaymentOrderView,
  facts: {
    readonly amount: string;
    readonly other: string;
    readonly isMine: boolean;
    readonly claim?: number | undefined;
  },
): string | undefined {
  const { amount, other, isMine, claim } = facts;
  if (claim !== undefined) return `a red packet of ${amount} from ${other}, for 24 hours: /claim ${claim}`;
  if (kind === 'transfer') return state === 'posted' && !isMine ? `${other} has paid you ${amount}` : undefined;
  if (state === 'pending') return undefined;
  const packet = isMine ? `your red packet of ${amount} to ${other}` : `the red packet of ${amount} from ${other}`;
  return state === 'posted' ? `${packet} is claimed` : `${packet} was not claimed and went back`;
}

/** One row of the statement: when, what and with whom, how much, and what there was then. */
export function describeEntry(entry: StatementEntry, counterpart: string | undefined, terms: Currency): string {
  const what = entry.kind === 'red-packet' ? 'red packet' : entry.kind;
  const preposition = entry.kind === 'refund' ? 'from' : entry.amount < 0 ? 'to' : 'from';
  const text = counterpart === undefined ? what : `${what} ${preposition} ${counterpart}`;
  const amount = `${entry.amount < 0 ? '' : '+'}${describeAmount(entry.amount, terms)}`;
  return `${timeOf(entry.at)}  ${text.padEnd(28)} ${amount.padStart(16)}  = ${describeAmount(entry.balanceAfter, terms)}`;
}

/** Local time. */
function timeOf(milliseconds: number): string {
  const date = new Date(milliseconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
