import { describe, expect, it } from '@jest/globals';
import type { Group } from '../sdk/index.js';
import { describeChanges, describeGroup, describeMembers } from './group-line.js';

const member = (username: string): Group['members'][number] => ({
  ...{ userId: `id-${username}`, username, displayName: username, avatarColour: 'red' as const },
  ...{ isFriend: username === 'bob', isSelf: username === 'alice' },
});
const group = (name: string, owner: string, ...members: readonly string[]): Group => ({
  ...{ groupId: 'g', name, ownerId: `id-${owner}`, isOwner: owner === 'alice', members: members.map(member) },
});
const changes = (before: Group | undefined, now: Group): string[] => describeChanges(before, now, [now]);

describe('a group on the terminal', () => {
  const before = group('picnic', 'alice', 'alice', 'bob');

  it('is a line in the list, and a line for each member', () => {
    expect(describeGroup(before, 2)).toBe('#2 picnic, yours: alice, bob');
    expect(describeGroup(group('', 'bob', 'bob', 'alice'), 1)).toBe('#1 a group without a name: bob, alice');
    expect(describeMembers(group('picnic', 'bob', 'bob', 'alice', 'carol'))).toEqual([
      'bob (owner, friend)',
      'alice (you)',
      'carol',
    ]);
  });

  it('is announced once, when its name is known', () => {
    const sealed = group('', 'alice', 'alice', 'bob');
    expect(changes(undefined, sealed)).toEqual([]);
    expect(changes(sealed, before)).toEqual(['you are in the group picnic with bob: /to picnic']);
    expect(changes(before, before)).toEqual([]);
  });

  it.each<[Group, string]>([
    [group('picnic', 'alice', 'alice', 'bob', 'carol'), 'carol is in picnic now'],
    [group('picnic', 'alice', 'alice'), 'bob is no longer in picnic'],
    [group('lunch', 'alice', 'alice', 'bob'), 'picnic is called lunch now'],
    [group('picnic', 'bob', 'alice', 'bob'), 'bob owns picnic now'],
  ])('that becomes %j says: %s', (now, line) => {
    expect(changes(before, now)).toEqual([line]);
  });

  it('tells an heir, and shows names as text', () => {
    expect(changes(group('picnic', 'bob', 'alice', 'bob'), before)).toEqual(['you own picnic now']);
    expect(changes(before, group('a\u001b[2Jb', 'alice', 'alice', 'bob'))).toEqual([
      'picnic is called a\\u{1b}[2Jb now',
    ]);
  });
});
