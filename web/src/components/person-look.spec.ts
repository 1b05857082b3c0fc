import { describe, expect, it } from '@jest/globals';
import { lookOf } from './person-look.js';

const ids = Array.from({ length: 600 }, (_, at) => `user-${at}-AbC_d`);

describe('lookOf', () => {
  it('is the same whenever it is asked', () => {
    for (const id of ids) expect(lookOf(id, 'teal')).toEqual(lookOf(id, 'teal'));
  });

  it('keeps the colour that a person has chosen', () => {
    expect(lookOf('a', 'pink').colour).toBe('pink');
  });

  it.each(['grey', 'url(//evil)', ''])('goes by the id when the chosen colour is "%s"', (chosen) => {
    expect(ids.map((id) => lookOf(id, chosen))).toEqual(ids.map((id) => lookOf(id)));
  });

  it('spreads people over all patterns and all colours', () => {
    const patterns = ids.map((id) => lookOf(id, 'red').pattern);
    expect([...new Set(patterns)].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    for (const pattern of new Set(patterns)) {
      expect(patterns.filter((one) => one === pattern).length).toBeGreaterThan(50);
    }
    expect(new Set(ids.map((id) => lookOf(id).colour)).size).toBe(9);
  });
});
