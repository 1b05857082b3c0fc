import { describe, expect, it } from '@jest/globals';
import type { Group, GroupMember } from '../../../../sdk/index.js';
import { heirOf, nameOf, nameProblem, needOf, roomIn } from './group-rules.js';

const member = (userId: string, isSelf = false): GroupMember => ({
  ...{ userId, username: userId, displayName: '', avatarColour: 'red', isFriend: !isSelf, isSelf },
});
const group = (...members: readonly GroupMember[]): Group => ({
  ...{ groupId: 'g', name: 'Picnic', ownerId: 'alice', isOwner: true, members },
});
const picnic = group(member('alice', true), member('bob'), member('carol'));

describe('a name', () => {
  it('has at most 64 characters, however many bytes each one has', () => {
    expect(nameProblem('🧺'.repeat(64))).toBeUndefined();
    expect(nameProblem('🧺'.repeat(65))).toBe('long');
    expect(nameProblem(`  ${'a'.repeat(64)}  `)).toBeUndefined();
  });

  it('has no controls in it', () => {
    expect(nameProblem('a\u0007b')).toBe('controls');
    expect(nameProblem('a\ud800b')).toBe('controls');
  });

  it('is taken in one form', () => {
    expect(nameOf(' cafe\u0301 ')).toBe('café');
  });
});

describe('members', () => {
  it('are five at most', () => {
    expect(roomIn(picnic)).toBe(2);
    expect(roomIn(group(...['a', 'b', 'c', 'd', 'e'].map((id) => member(id))))).toBe(0);
  });

  it('inherit in the order in which they came', () => {
    expect(heirOf(picnic)?.userId).toBe('bob');
    expect(heirOf({ ...picnic, ownerId: 'bob' })?.userId).toBe('alice');
    expect(heirOf(group(member('alice', true)))).toBeUndefined();
  });
});

describe('what a group needs', () => {
  const alone = group(member('alice', true));

  it('is nothing while all is well', () => {
    expect(needOf(picnic, undefined)).toBeUndefined();
  });

  it('is said with the gravest first', () => {
    expect(needOf(alone, 'mismatch')).toBe('mismatch');
    expect(needOf(alone, 'changing')).toBe('empty');
    expect(needOf({ ...picnic, name: '' }, 'changing')).toBe('changing');
    expect(needOf({ ...picnic, name: '' }, undefined)).toBe('nameless');
  });
});
