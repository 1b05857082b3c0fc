import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Backoff } from './backoff.js';

describe('Backoff', () => {
  it('grows to at most 30 seconds and never below half a second', () => {
    const longest = new Backoff(() => 0.999_999);
    const waits = Array.from({ length: 10 }, () => longest.next());
    expect(waits[0]).toBeLessThanOrEqual(1_000);
    expect(waits.at(-1)).toBe(30_000);
    const shortest = new Backoff(() => 0);
    expect(Array.from({ length: 10 }, () => shortest.next())).toEqual(Array.from({ length: 10 }, () => 500));
  });

  it('waits at least as long as the server asks, and not everyone equally long', () => {
    expect(new Backoff(() => 0).next(9_000)).toBe(9_000);
    expect(new Backoff(() => 0.999_999).next(9_000)).toBe(9_500);
  });

  it('spreads those who lost the same server evenly over what it may wait', () => {
    const attempt = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(attempt, fc.integer({ min: 0, max: 60_000 }), (attempts, asked) => {
        const waits = Array.from({ length: 100 }, (_, client) => {
          const backoff = new Backoff(() => client / 100);
          for (let before = 1; before < attempts; before++) backoff.next();
          return backoff.next(asked);
        });
        const width = Math.min(30_000, 500 * 2 ** attempts) - 500;
        const from = Math.max(500, asked);
        waits.forEach((wait, client) =>
          expect(Math.abs(wait - (from + (width * client) / 100))).toBeLessThanOrEqual(1),
        );
      }),
    );
  });

  it('starts anew only after a connection that held for 30 seconds', () => {
    const backoff = new Backoff(() => 0.999_999);
    for (let tries = 0; tries < 8; tries++) backoff.next();
    backoff.lasted(29_000);
    expect(backoff.next()).toBe(30_000);
    backoff.lasted(30_000);
    expect(backoff.next()).toBeLessThanOrEqual(1_000);
  });
});
