import { describe, expect, it } from '@jest/globals';
import { burned } from '../conversations/message-life.js';
import { contentOf, decodePayload, encodePayload, payloadOf } from '../conversations/payload.js';
import type { MessageRecord } from '../store/records.js';

const id = 'A'.repeat(22);
const card = { orderId: id, kind: 'transfer', amount: 888, currency: 'CNY', note: 'lunch' } as const;
const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

describe('a card inside of a message', () => {
  it('arrives as it was sent, and says what it repeats', () => {
    const payload = payloadOf({ card, replaces: id });
    expect(payload).toEqual({ type: 'payment', ...card, replaces: id });
    const arrived = decodePayload(encodePayload(payload!));
    expect(arrived).toEqual(payload);
    expect(contentOf(arrived)).toEqual({ card });
  });

  it.each([
    { type: 'payment' },
    { type: 'payment', ...card, amount: 8.88 },
    { type: 'payment', ...card, orderId: 'x' },
    { type: 'payment', ...card, note: 'x'.repeat(201) },
    { type: 'text', ...card },
    { type: 'gift', ...card },
  ])('is refused as %j', (value) => {
    expect(() => decodePayload(bytesOf(value))).toThrow(expect.objectContaining({ code: 'BAD_MESSAGE' }));
  });

  it('is sent by nobody who has no card', () => {
    const text = { type: 'payment', text: 'x' } as never;
    expect(() => encodePayload(text)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
  });

  it('is not left when the message is burned', () => {
    const message: MessageRecord = {
      ...{ id, conversationId: id, direction: 'in', senderId: id, order: 1, queuedAt: 1 },
      ...{ state: 'read', burnAfterReadSeconds: 30, card },
    };
    const left = burned(message, 'read', 1);
    expect(JSON.stringify(left)).not.toContain('lunch');
    expect(left.card).toBeUndefined();
    expect(payloadOf(left)).toBeUndefined();
  });
});
