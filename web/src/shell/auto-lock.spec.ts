import { describe, expect, it } from '@jest/globals';
import { isLockDue } from './auto-lock.js';

describe('isLockDue', () => {
  it('is after the minutes, not before', () => {
    expect(isLockDue(1_000, 1_000 + 5 * 60_000 - 1, 5)).toBe(false);
    expect(isLockDue(1_000, 1_000 + 5 * 60_000, 5)).toBe(true);
  });

  it('is never with 0 minutes, nor when the clock was set back', () => {
    expect(isLockDue(0, Number.MAX_SAFE_INTEGER, 0)).toBe(false);
    expect(isLockDue(10_000_000, 0, 1)).toBe(false);
  });
});
