import { describe, expect, it } from '@jest/globals';
import { aCount, anId, fields, listOf, optional } from './shape.js';
import { EVENT_SHAPES } from './wire-shapes.js';

const id = 'A'.repeat(22);
const entry = {
  ...{ seq: 1, senderId: id, senderDeviceId: id, clientMessageId: id, epoch: 1 },
  ...{ acceptedAt: 1, burnAfterReadSeconds: 30, burnAt: 2, ciphertext: 'abc' },
};
const push = { conversationId: id, incarnation: id, entry };

describe('wire shapes', () => {
  it('accepts what the protocol says, and fields that a newer server adds', () => {
    expect(EVENT_SHAPES['message:received'](push)).toBe(true);
    expect(EVENT_SHAPES['message:received']({ ...push, later: 1 })).toBe(true);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a list', [push]],
    ['a number as text', { ...push, entry: { ...entry, seq: '1' } }],
    ['a fraction', { ...push, entry: { ...entry, seq: 1.5 } }],
    ['a negative time', { ...push, entry: { ...entry, burnAt: -1 } }],
    ['not a number', { ...push, entry: { ...entry, burnAt: Number.NaN } }],
    ['a path for an id', { ...push, conversationId: '../../x' }],
    ['an object for an id', { ...push, conversationId: { toString: 1 } }],
    ['an unknown reason', { ...push, entry: { ...entry, burned: 'x' } }],
  ])('refuses %s', (_, value) => {
    expect(EVENT_SHAPES['message:received'](value)).toBe(false);
  });

  it('looks at own fields only, and at no list without end', () => {
    expect(fields({ constructor: anId })({})).toBe(false);
    expect(fields({ a: optional(aCount) })({})).toBe(true);
    expect(listOf(aCount)(Array.from({ length: 2_001 }, () => 1))).toBe(false);
  });
});
