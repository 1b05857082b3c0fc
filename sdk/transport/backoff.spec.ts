import { describe, expect, it } from '@jest/globals';
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

  it('waits at least as long as the server asks', () => {
    expect(new Backoff(() => 0).next(9_000)).toBe(9_000);
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
