import { encodeBase64Url } from '../../sdk/crypto/base64url.js';
import type { BalanceView, PaymentOrderView, PaymentTerms } from '../../src/protocol/payloads/payment.payloads.js';
import { paymentOrderBytes, type PaymentOrderKind } from '../../src/protocol/signing.js';
import { RandomIds } from '../../src/shared/ids.js';
import type { Answer, RawPerson } from './raw-person.js';

const ids = new RandomIds();

export interface OrderFields {
  readonly orderId: string;
  readonly kind: PaymentOrderKind;
  readonly payeeId: string;
  readonly payeeKey: string;
  readonly amount: number;
  readonly currency: string;
  readonly issuedAt: number;
  readonly newKeyConfirmed: boolean;
}

export const keyOf = (person: RawPerson): string => encodeBase64Url(person.identity.publicKey);

/** A correct order, signed by `signer`'s identity key (the payer's own unless a test wants another one). */
export async function orderOf(
  payer: RawPerson,
  payee: RawPerson,
  changed: Partial<OrderFields> = {},
  signer: RawPerson = payer,
): Promise<OrderFields & { signature: string }> {
  const order = {
    ...{ orderId: ids.next(), kind: 'transfer' as const, payeeId: payee.tokens.userId, payeeKey: keyOf(payee) },
    ...{ amount: 100, currency: 'CNY', issuedAt: Date.now(), newKeyConfirmed: false },
    ...changed,
  };
  const { server } = (await payer.request<PaymentTerms>('GET', '/api/payments/terms')).body;
  const bytes = paymentOrderBytes({ ...order, server, payerId: payer.tokens.userId });
  return { ...order, signature: encodeBase64Url(await signer.identity.sign(bytes)) };
}

export const place = (payer: RawPerson, order: object): Promise<Answer<PaymentOrderView>> =>
  payer.request('POST', '/api/payments/orders', order);

export const claim = (payee: RawPerson, orderId: string): Promise<Answer<PaymentOrderView>> =>
  payee.request('POST', `/api/payments/orders/${orderId}/claim`);

export async function balanceOf(person: RawPerson): Promise<[available: number, pending: number]> {
  const { available, pending } = (await person.request<BalanceView>('GET', '/api/payments/balance')).body;
  return [available, pending];
}

/** Test money of the sandbox. */
export async function topUp(person: RawPerson, amount: number): Promise<void> {
  const answer = await person.request('POST', '/api/payments/top-ups', {
    topUpId: ids.next(),
    amount,
    currency: 'CNY',
  });
  if (answer.body['state'] !== 'posted') throw new Error(`topping up failed: ${JSON.stringify(answer.body)}`);
}
