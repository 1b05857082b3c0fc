import { describe, expect, it } from '@jest/globals';
import { candidatesAt, completed, mentionsIn, partsOf } from './mentions.js';

const member = (username: string, isSelf = false) => ({ userId: `id-${username}`, username, isSelf });
const members = [member('alice', true), member('bob'), member('bob_2')];

describe('mentions', () => {
  it('finds other members by @name, whole names only', () => {
    expect(mentionsIn('@bob, ask @alice or x@bob_2 or @nobody', members)).toEqual(['id-bob']);
    expect(mentionsIn('@bob_2 and @bob', members)).toEqual(['id-bob', 'id-bob_2']);
    expect(mentionsIn('@@bob', members)).toEqual([]);
  });

  it('parts a text without losing anything of it', () => {
    const parts = partsOf('hi @bob, @eve and @bob', ['bob']);
    expect(parts.map(({ text }) => text).join('')).toBe('hi @bob, @eve and @bob');
    expect(parts.filter(({ isMention }) => isMention).map(({ text }) => text)).toEqual(['@bob', '@bob']);
    expect(partsOf('plain', [])).toEqual([{ text: 'plain', isMention: false }]);
  });

  it('offers who can be meant where the cursor is', () => {
    const names = (text: string, cursor = text.length): string[] =>
      candidatesAt(text, cursor, members).map(({ username }) => username);
    expect(names('hi @')).toEqual(['bob', 'bob_2']);
    expect(names('hi @bob_')).toEqual(['bob_2']);
    expect(names('hi @bob x')).toEqual([]);
    expect(names('mail@')).toEqual([]);
    expect(names('hi @b there', 5)).toEqual(['bob', 'bob_2']);
  });

  it('completes the name and nothing else', () => {
    expect(completed('hi @b', 5, 'bob')).toEqual({ text: 'hi @bob ', cursor: 8 });
    expect(completed('hi @bo there', 5, 'bob_2')).toEqual({ text: 'hi @bob_2 there', cursor: 10 });
  });
});
