import { describe, expect, it } from '@jest/globals';
import type { Message } from '../../../../sdk/index.js';
import { countdownOf, spanOf } from './countdown.js';

const message = (more: Partial<Message>): Message => ({
  ...{ id: 'm', conversationId: 'c', direction: 'in', senderId: 'p', state: 'read', burnAfterReadSeconds: 30 },
  ...{ acceptedAt: 0, readAt: 10_000, burnAt: 40_000 },
  ...more,
});

describe('countdownOf', () => {
  it('goes from the reading to the burning', () => {
    expect(countdownOf(message({}), 10_000)).toEqual({ seconds: 30, left: 1, isBurning: true });
    expect(countdownOf(message({}), 25_000)).toEqual({ seconds: 15, left: 0.5, isBurning: true });
    expect(countdownOf(message({}), 39_001)).toEqual({ seconds: 1, left: 2 / 60, isBurning: true });
    expect(countdownOf(message({}), 41_000)).toEqual({ seconds: 0, left: 0, isBurning: true });
  });

  it('goes from the sending to the end of the hour while nobody has read it', () => {
    const { readAt: _, ...unread } = message({ state: 'delivered', burnAt: 3_600_000 });
    expect(countdownOf(unread, 1_800_000)).toEqual({ seconds: 1_800, left: 0.5, isBurning: false });
  });

  it('is full when this page’s time is behind', () => {
    expect(countdownOf(message({}), 5_000)?.left).toBe(1);
  });

  it('is nothing for what does not burn, or has burned', () => {
    const { burnAt: _, ...waiting } = message({ state: 'queued' });
    expect(countdownOf(waiting, 0)).toBeUndefined();
    for (const state of ['burned', 'expired', 'failed', 'unreadable'] as const) {
      expect(countdownOf(message({ state }), 0)).toBeUndefined();
    }
  });
});

describe('spanOf', () => {
  it('says it in the unit that a person would use', () => {
    expect(spanOf(0)).toEqual({ unit: 'seconds', count: 0 });
    expect(spanOf(99)).toEqual({ unit: 'seconds', count: 99 });
    expect(spanOf(100)).toEqual({ unit: 'minutes', count: 2 });
    expect(spanOf(3_599)).toEqual({ unit: 'minutes', count: 60 });
    expect(spanOf(3_600)).toEqual({ unit: 'hours', count: 1 });
  });
});
