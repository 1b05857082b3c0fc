import { describe, expect, it } from '@jest/globals';
import type { Contact, Group } from '../sdk/index.js';
import { describeTarget, findTarget, groupTarget } from './target.js';

const person = (username: string) => ({
  ...{ userId: `id-${username}`, username, displayName: username, avatarColour: 'red' as const },
});
const friend = (username: string): Contact => ({
  ...person(username),
  ...{ trust: 'unverified', conversationId: `with-${username}`, since: 0 },
});
const group = (groupId: string, name: string, ...members: readonly string[]): Group => ({
  ...{ groupId, name, ownerId: 'id-alice', isOwner: true },
  members: ['alice', ...members].map((username) => ({
    ...person(username),
    isFriend: true,
    isSelf: username === 'alice',
  })),
});
const friends = [friend('bob'), friend('carol')];
const groups = [group('g1', 'Our picnic', 'bob'), group('g2', 'bob'), group('g3', 'twice'), group('g4', 'twice')];
const find = (text: string): string => findTarget(text, friends, groups).conversationId;

describe('whom one writes to', () => {
  it.each([
    ['carol', 'with-carol'],
    ['Our picnic', 'g1'],
    ['@bob', 'with-bob'],
    ['#2', 'g2'],
  ])('is found by %s', (text, conversationId) => {
    expect(find(text)).toBe(conversationId);
  });

  it('says how to tell apart what has the same name', () => {
    expect(() => find('bob')).toThrow('bob is more than one. Say which: /to @bob for the friend, /to #2');
    expect(() => find('twice')).toThrow('/to #3, /to #4');
  });

  it.each(['stranger', '@twice', '#9', ''])('is not found by %j', (text) => {
    expect(() => find(text)).toThrow('no friend called');
  });

  it('is described without letting a name move the cursor', () => {
    expect(describeTarget(findTarget('carol', friends, groups))).toBe('carol (unverified)');
    expect(describeTarget(groupTarget(group('g', 'a\u001b[2Jb', 'bob')))).toBe('a\\u{1b}[2Jb (bob)');
    expect(describeTarget(groupTarget(group('g', '')))).toBe('a group without a name (nobody else)');
  });
});
