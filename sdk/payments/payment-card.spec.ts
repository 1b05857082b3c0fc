import { describe, expect, it } from '@jest/globals';
import type { PaymentOrderView } from '../../src/protocol/payloads/payment.payloads.js';
import { agrees, cardOf, NOTE_CODE_POINTS, requireNote } from './payment-card.js';

const id = 'A'.repeat(22);
const [payerId, payeeId, other] = ['P'.repeat(22), 'Q'.repeat(22), 'Z'.repeat(22)];
const card = { orderId: id, kind: 'transfer', amount: 888, currency: 'CNY' } as const;
const order: PaymentOrderView = { ...card, payerId, payeeId, state: 'posted', createdAt: 1 };

describe('a payment card', () => {
  it('is taken with what belongs to it and nothing else', () => {
    expect(cardOf({ type: 'payment', ...card, note: 'lunch', admin: true })).toEqual({ ...card, note: 'lunch' });
    expect(cardOf({ ...card, kind: 'red-packet' })).toEqual({ ...card, kind: 'red-packet' });
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a list', [card]],
    ['an id that is none', { ...card, orderId: '../../x' }],
    ['no id', { ...card, orderId: undefined }],
    ['another kind', { ...card, kind: 'gift' }],
    ['an inherited kind', { ...card, kind: 'toString' }],
    ['an amount as text', { ...card, amount: '888' }],
    ['zero', { ...card, amount: 0 }],
    ['less than zero', { ...card, amount: -1 }],
    ['a fraction', { ...card, amount: 8.88 }],
    ['more than any order', { ...card, amount: 1_000_000_000_001 }],
    ['a currency in small letters', { ...card, currency: 'cny' }],
    ['a currency of four letters', { ...card, currency: 'CNYX' }],
    ['an empty note', { ...card, note: '' }],
    ['a note that is no text', { ...card, note: 1 }],
    ['a long note', { ...card, note: 'x'.repeat(NOTE_CODE_POINTS + 1) }],
  ])('is none with %s', (_, value) => {
    expect(cardOf(value)).toBeUndefined();
  });

  it('has a note of 200 characters, however many units they take', () => {
    const longest = '🧧'.repeat(NOTE_CODE_POINTS);
    expect(cardOf({ ...card, note: longest })?.note).toBe(longest);
    expect(() => requireNote(longest)).not.toThrow();
    expect(() => requireNote(`${longest}x`)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
  });

  it('agrees with its own order only', () => {
    const people = { payerId, payeeId };
    expect(agrees(order, card, people)).toBe(true);
    expect(agrees(order, card, { payerId })).toBe(true);
    const others: Partial<PaymentOrderView>[] = [
      ...[{ orderId: other }, { kind: 'red-packet' as const }, { amount: 889 }, { currency: 'EUR' }],
      ...[{ payerId: other }, { payeeId: other }],
    ];
    for (const change of others) expect(agrees({ ...order, ...change }, card, people)).toBe(false);
  });
});
