import { describe, expect, it } from '@jest/globals';
import { displayNameProblem } from './display-name.js';

describe('displayNameProblem', () => {
  it.each(['Ada', '李小龍', 'שלום', '👨‍👩‍👧‍👦 family', '😀'.repeat(32), ' Zoe\u0308 '])('takes %s', (name) => {
    expect(displayNameProblem(name)).toBeUndefined();
  });

  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['a'.repeat(33), 'long'],
    ['a\u202eb', 'characters'],
    ['a\nb', 'characters'],
    ['a\ud83d', 'characters'],
  ])('says of %j: %s', (name, problem) => expect(displayNameProblem(name)).toBe(problem));
});
