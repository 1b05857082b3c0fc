import { describe, expect, it } from '@jest/globals';
import { burnSteps } from './burn-steps.js';

describe('burnSteps', () => {
  it('goes from at once to an hour, and knows what is set now', () => {
    expect(burnSteps(30)).toEqual([0, 5, 10, 30, 60, 120, 300, 900, 1_800, 3_600]);
    expect(burnSteps(45)).toContain(45);
    expect(burnSteps(45)[4]).toBe(45);
  });
});
