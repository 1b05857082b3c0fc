import { describe, expect, it } from '@jest/globals';
import { emphasise, mentionsIn } from './mentions.js';

const member = (username: string, isSelf = false) => ({
  ...{ userId: `id-${username}`, username, displayName: username, isSelf },
  ...{ avatarColour: 'red' as const, isFriend: !isSelf },
});
const members = [member('alice', true), member('bob'), member('bobby')];

describe('mentions in a group', () => {
  it.each([
    ['hello @bob, and @bob', ['id-bob']],
    ['@bobby!', ['id-bobby']],
    ['(@bob) @bobby', ['id-bob', 'id-bobby']],
    ['hello bob', []],
    ['mail@bob.example', []],
    ['@nobody @alice @@bob', []],
  ])('finds in %j %j', (text, expected) => {
    expect(mentionsIn(text, members)).toEqual(expected);
  });

  it('makes one name stand out and no other', () => {
    expect(emphasise('@bob and @bobby, a@bob', 'bob', (mention) => `${mention}!`)).toBe('@bob! and @bobby, a@bob');
  });
});
