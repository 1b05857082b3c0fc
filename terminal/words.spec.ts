import { describe, expect, it } from '@jest/globals';
import { firstWord, words } from './words.js';

describe('words of a command', () => {
  it.each([
    ['', []],
    ['picnic bob  carol ', ['picnic', 'bob', 'carol']],
    ['"Our picnic" bob', ['Our picnic', 'bob']],
    ['bob "" carol', ['bob', '', 'carol']],
  ])('splits %j', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it('misses the other quotation mark', () => {
    expect(() => words('"Our picnic bob')).toThrow('quotation mark');
  });

  it.each([
    ['', '', ''],
    ['8.88', '8.88', ''],
    ['8.88  for the cake', '8.88', 'for the cake'],
  ])('takes the first of %j', (text, first, rest) => {
    expect(firstWord(text)).toEqual([first, rest]);
  });
});
