import { describe, expect, it } from '@jest/globals';
import { burnChoices, inUnits } from './burn-choices.js';

describe('burnChoices', () => {
  it('has what is set now in its place, once', () => {
    expect(burnChoices(45)).toEqual([0, 5, 10, 30, 45, 60, 300, 900, 3_600]);
    expect(burnChoices(30)).toEqual([0, 5, 10, 30, 60, 300, 900, 3_600]);
  });
});

describe('inUnits', () => {
  it.each([
    [0, 'atOnce', 0],
    [30, 'seconds', 30],
    [90, 'seconds', 90],
    [60, 'minutes', 1],
    [900, 'minutes', 15],
    [3_600, 'hours', 1],
  ])('of %i is %s %i', (seconds, unit, count) => expect(inUnits(seconds)).toEqual({ unit, count }));
});
