import { describe, expect, it } from '@jest/globals';
import { displayNameOf } from './display-name.js';

describe('displayNameOf', () => {
  it.each(['Ada', 'Ada Lovelace', '👩‍🚀', '👨‍👩‍👧‍👦 family', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '❤️', '李小龍', 'שלום', 'a'.repeat(32), '😀'.repeat(32)])(
    'keeps %s as it is',
    (name) => expect(displayNameOf(name)).toBe(name),
  );

  it('composes and trims', () => {
    expect(displayNameOf('  Zoe\u0308 ')).toBe('Zo\u00eb');
  });

  it.each([
    ['nothing', ''],
    ['blanks', '   '],
    ['33 characters', 'a'.repeat(33)],
    ['33 emoji', '😀'.repeat(33)],
    ['NUL', 'a\u0000b'],
    ['a line break', 'a\nb'],
    ['a line separator', 'a\u2028b'],
    ['a lone high surrogate', 'a\ud83d'],
    ['a lone low surrogate', '\ude00a'],
    ['a right-to-left override', 'a\u202eb'],
    ['an isolate', 'a\u2066b'],
    ['a C1 control', 'a\u0085b'],
  ])('refuses %s', (_, name) => {
    expect(() => displayNameOf(name)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
  });
});
