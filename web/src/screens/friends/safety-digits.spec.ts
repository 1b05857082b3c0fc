import { describe, expect, it } from '@jest/globals';
import { digitGroups } from './safety-digits.js';

describe('digitGroups', () => {
  it('keeps the groups and spells their digits', () => {
    expect(digitGroups('00123 45678')).toEqual([
      { shown: '00123', spoken: '0 0 1 2 3' },
      { shown: '45678', spoken: '4 5 6 7 8' },
    ]);
  });
});
