import { describe, expect, it } from '@jest/globals';
import { Dwell } from './dwell.js';

describe('Dwell', () => {
  it('tells once of each that stayed long enough', () => {
    const dwell = new Dwell(400);
    dwell.appeared('a', 0);
    dwell.appeared('b', 100);
    expect(dwell.take(399)).toEqual([]);
    expect(dwell.take(400)).toEqual(['a']);
    expect(dwell.take(500)).toEqual(['b']);
    expect(dwell.take(900)).toEqual([]);
    expect(dwell.isWaiting).toBe(false);
  });

  it('does not count what left, or the time in which nobody looked', () => {
    const dwell = new Dwell(400);
    dwell.appeared('a', 0);
    dwell.appeared('b', 0);
    dwell.left('a');
    dwell.restart(300);
    expect(dwell.take(500)).toEqual([]);
    expect(dwell.isWaiting).toBe(true);
    expect(dwell.take(700)).toEqual(['b']);
  });
});
