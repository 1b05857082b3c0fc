import { PAYMENT_ORDER_KINDS } from '../../src/protocol/signing.js';
import { aCount, aFlag, anId, aText, fields, listOf, oneOf, optional, type Shape } from '../transport/shape.js';
import { isAmount } from './amounts.js';

export const anAmount: Shape = isAmount;
export const aCurrency: Shape = (value) => typeof value === 'string' && /^[A-Z]{3}$/.test(value);
const anInteger: Shape = (value) => Number.isSafeInteger(value);
/** To be opened in a browser, so nothing that a browser would run. */
const aWebAddress: Shape = (value) =>
  aText(value) && URL.canParse(value as string) && /^https?:\/\//i.test(value as string);
const aState = oneOf('pending', 'posted', 'voided');

export const PAYMENT_TERMS = fields({
  server: aText,
  currency: aCurrency,
  decimals: (value) => aCount(value) && (value as number) <= 4,
  provider: oneOf('sandbox', 'webhook'),
  testMoney: aFlag,
  maxPerOrder: anAmount,
  maxPerDay: anAmount,
  withdrawalFee: aCount,
  redPacketLifeMs: aCount,
});
export const PAYMENT_ORDER = fields({
  orderId: anId,
  kind: oneOf(...PAYMENT_ORDER_KINDS),
  payerId: anId,
  payeeId: anId,
  amount: anAmount,
  currency: aCurrency,
  state: aState,
  createdAt: aCount,
  expiresAt: optional(aCount),
  settledAt: optional(aCount),
});
export const BALANCE = fields({ currency: aCurrency, available: aCount, pending: aCount });
export const PAYMENT_ORDERS = fields({ orders: listOf(PAYMENT_ORDER) });
export const STATEMENT = fields({
  entries: listOf(
    fields({
      entryId: aCount,
      kind: oneOf('transfer', 'red-packet', 'refund', 'top-up', 'withdrawal', 'fee'),
      amount: anInteger,
      balanceAfter: aCount,
      reference: anId,
      counterpartId: optional(anId),
      at: aCount,
    }),
  ),
  nextCursor: optional(aText),
});
export const TOP_UP = fields({
  topUpId: anId,
  amount: anAmount,
  currency: aCurrency,
  state: aState,
  createdAt: aCount,
  payAt: optional(aWebAddress),
});
export const WITHDRAWAL = fields({
  withdrawalId: anId,
  amount: anAmount,
  fee: aCount,
  currency: aCurrency,
  state: aState,
  createdAt: aCount,
});
