import { describe, expect, it } from '@jest/globals';
import type { PaymentOrderView } from '../../../../sdk/index.js';
import { type CardFacts, cardState } from './card-state.js';

const packet: PaymentOrderView = {
  ...{ orderId: 'o', kind: 'red-packet', payerId: 'bob', payeeId: 'alice', amount: 888, currency: 'CNY' },
  ...{ state: 'pending', createdAt: 1_000, expiresAt: 5_000 },
};
const facts: CardFacts = { card: { kind: 'red-packet' }, verdict: 'true', order: packet, ownId: 'alice', now: 2_000 };
const transfer: CardFacts = { ...facts, card: { kind: 'transfer' }, order: { ...packet, kind: 'transfer' } };
const inState = (given: CardFacts, state: PaymentOrderView['state']): CardFacts => ({
  ...given,
  order: { ...packet, ...given.order, state },
});

describe('cardState', () => {
  it('believes no card before the server has confirmed it', () => {
    expect(cardState({ ...facts, verdict: undefined, order: undefined })).toBe('checking');
    expect(cardState({ ...facts, verdict: 'checking' })).toBe('checking');
    expect(cardState({ ...facts, verdict: 'unknown' })).toBe('unchecked');
  });

  it('warns of a false card, whatever is known of an order', () => {
    expect(cardState({ ...facts, verdict: 'false' })).toBe('false');
  });

  it('tells what became of a transfer', () => {
    expect(cardState(inState(transfer, 'posted'))).toBe('paid');
    expect(cardState(inState(transfer, 'voided'))).toBe('refused');
    expect(cardState(inState(transfer, 'pending'))).toBe('underWay');
  });

  it('lets only the one who gets a packet open it, and only in time', () => {
    expect(cardState(facts)).toBe('claimable');
    expect(cardState({ ...facts, ownId: 'bob' })).toBe('waiting');
    expect(cardState({ ...facts, now: 5_000 })).toBe('over');
  });

  it('tells how a packet ended', () => {
    expect(cardState(inState(facts, 'posted'))).toBe('claimed');
    expect(cardState(inState(facts, 'voided'))).toBe('returned');
  });
});
