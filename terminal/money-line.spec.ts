import { describe, expect, it } from '@jest/globals';
import type { PaymentCard, PaymentOrderView, StatementEntry } from '../sdk/index.js';
import { describeAmount, describeCard, describeEntry, describeOrder } from './money-line.js';

const terms = { currency: 'CNY', decimals: 2 };
const card: PaymentCard = { orderId: 'o', kind: 'red-packet', amount: 888, currency: 'CNY', note: 'for cake' };
const order = (changes: Partial<PaymentOrderView> = {}): PaymentOrderView => ({
  ...{ orderId: 'o', kind: 'red-packet', payerId: 'alice', payeeId: 'bob', amount: 888, currency: 'CNY' },
  ...{ state: 'pending', createdAt: 0 },
  ...changes,
});
const transfer = { ...card, kind: 'transfer' } as const;

describe('money on the terminal', () => {
  it.each([
    [888, '8.88 CNY'],
    [1, '0.01 CNY'],
    [-10_000, '-100.00 CNY'],
  ])('writes %d as %s', (amount, text) => {
    expect(describeAmount(amount, terms)).toBe(text);
  });

  it.each<[Partial<PaymentOrderView>, number | undefined, string]>([
    [{}, 3, '[red packet 8.88 CNY "for cake", /claim 3]'],
    [{}, undefined, '[red packet 8.88 CNY "for cake", pending]'],
    [{ state: 'posted' }, undefined, '[red packet 8.88 CNY "for cake", claimed]'],
    [{ state: 'voided' }, undefined, '[red packet 8.88 CNY "for cake", refunded]'],
  ])('shows a packet whose order is %j by number %s as %s', (changes, claim, text) => {
    expect(describeCard(card, { terms, order: order(changes), senderId: 'alice', claim })).toBe(text);
  });

  it.each<[PaymentOrderView['state'], string]>([
    ['pending', '[transfer 8.88 CNY "for cake", pending]'],
    ['posted', '[transfer 8.88 CNY "for cake", paid]'],
    ['voided', '[transfer 8.88 CNY "for cake", refused]'],
  ])('shows a transfer that is %s as %s', (state, text) => {
    const paid = order({ kind: 'transfer', state });
    expect(describeCard(transfer, { terms, order: paid, senderId: 'alice' })).toBe(text);
  });

  it('shows a card of which nothing is known yet', () => {
    const { note: _, ...bare } = card;
    expect(describeCard(bare, { senderId: 'alice' })).toBe('[red packet … CNY]');
  });

  it.each<[Partial<PaymentOrderView>]>([
    [{ amount: 1 }],
    [{ currency: 'EUR' }],
    [{ kind: 'transfer' }],
    [{ payerId: 'carol' }],
  ])('does not believe a card whose order is %j', (changes) => {
    expect(describeCard(card, { terms, order: order(changes), senderId: 'alice', claim: 1 })).toMatch(
      /FALSE: the server has another order/,
    );
  });

  it('does not believe a card without an order', () => {
    expect(describeCard(card, { terms, order: null, senderId: 'alice' })).toMatch(
      /FALSE: the server has no such order/,
    );
  });

  it.each<[Partial<PaymentOrderView>, boolean, number | undefined, string | undefined]>([
    [{}, false, 2, 'a red packet of 1 CNY from bob, for 24 hours: /claim 2'],
    [{}, true, undefined, undefined],
    [{ state: 'posted' }, true, undefined, 'your red packet of 1 CNY to bob is claimed'],
    [{ state: 'posted' }, false, undefined, 'the red packet of 1 CNY from bob is claimed'],
    [{ state: 'voided' }, true, undefined, 'your red packet of 1 CNY to bob was not claimed and went back'],
    [{ kind: 'transfer', state: 'posted' }, false, undefined, 'bob has paid you 1 CNY'],
    [{ kind: 'transfer', state: 'posted' }, true, undefined, undefined],
  ])('tells of the order %j, own: %s', (changes, isMine, claim, text) => {
    expect(describeOrder(order(changes), { amount: '1 CNY', other: 'bob', isMine, claim })).toBe(text);
  });

  it.each<[Partial<StatementEntry>, string | undefined, RegExp]>([
    [{ amount: -888 }, 'bob', /^\d\d-\d\d \d\d:\d\d {2}red packet to bob +-8.88 CNY {2}= 91.12 CNY$/],
    [{ amount: 888 }, 'bob', /red packet from bob +\+8.88 CNY/],
    [{ kind: 'top-up', amount: 888 }, undefined, /top-up +\+8.88 CNY/],
    [{ kind: 'refund', amount: 888 }, undefined, /refund +\+8.88 CNY/],
  ])('writes the entry %j as a row of 80 columns', (changes, counterpart, row) => {
    const entry = { entryId: 1, kind: 'red-packet', amount: 1, balanceAfter: 9_112, reference: 'r', at: 0, ...changes };
    const text = describeEntry(entry as StatementEntry, counterpart, terms);
    expect(text).toMatch(row);
    expect(text.length).toBeLessThanOrEqual(78);
  });
});
