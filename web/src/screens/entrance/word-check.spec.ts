import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seedOfRecoveryWords } from '../../../../sdk/crypto/recovery-words.js';
import { isWord, placesToAsk, unknownWordPlace } from './word-check.js';

describe('placesToAsk', () => {
  it('asks for two different places, in order', () => {
    const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(part, part, (one, other) => {
        const parts = [one, other];
        const [first, second] = placesToAsk(24, () => parts.shift() ?? 0);
        expect(first).toBeGreaterThanOrEqual(1);
        expect(second).toBeGreaterThan(first);
        expect(second).toBeLessThanOrEqual(24);
      }),
    );
  });
});

describe('isWord', () => {
  it('forgives case and blanks only', () => {
    expect(isWord(' Zebra ', 'zebra')).toBe(true);
    expect(isWord('zebr', 'zebra')).toBe(false);
    expect(isWord('', undefined)).toBe(false);
  });
});

describe('unknownWordPlace', () => {
  it.each([
    ['zebra zebr zebra', 2],
    ['zebra zebra', undefined],
  ])('of what the SDK says of %j is %s', (words, place) => {
    expect(unknownWordPlace(refusalOf(words))).toBe(place);
  });
});

function refusalOf(words: string): string {
  try {
    seedOfRecoveryWords(words);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
