import { describe, expect, it } from '@jest/globals';
import { doubtsAbout, LONG_MS, type Recipient, type WritingHistory } from './recipient-doubt.js';

const direct = (name: string): Recipient => ({ conversationId: `c-${name}`, kind: 'direct', name });
const group = (name: string): Recipient => ({ conversationId: `g-${name}`, kind: 'group', name });
const now = 10 * LONG_MS;
const settled: WritingHistory = { now, isBegun: true, lastWrittenAt: now - 1_000 };
const kinds = (...given: Parameters<typeof doubtsAbout>): string[] => doubtsAbout(...given).map(({ kind }) => kind);

describe('doubtsAbout', () => {
  it('has none about whom was just written to', () => {
    const before = direct('Alice');
    expect(doubtsAbout(before, [direct('Bob'), direct('Alica')], { ...settled, before })).toEqual([]);
  });

  it('asks at the first message ever, and not also whether it was long ago', () => {
    expect(kinds(direct('Alice'), [], { now, isBegun: false })).toEqual(['first']);
  });

  it('asks when nothing was written for half an hour, as far as this page knows', () => {
    expect(kinds(direct('Alice'), [], { now, isBegun: true })).toEqual(['longAgo']);
    expect(kinds(direct('Alice'), [], { ...settled, lastWrittenAt: now - LONG_MS })).toEqual(['longAgo']);
    expect(kinds(direct('Alice'), [], { ...settled, lastWrittenAt: now - LONG_MS + 1 })).toEqual([]);
  });

  it('asks at a group after a direct chat, once', () => {
    const friends = group('Friends');
    expect(kinds(friends, [], { ...settled, before: direct('Bob') })).toEqual(['groupAfterDirect']);
    expect(kinds(friends, [], { ...settled, before: friends })).toEqual([]);
    expect(kinds(friends, [], { ...settled, before: group('Work') })).toEqual([]);
    expect(kinds(direct('Bob'), [], { ...settled, before: friends })).toEqual([]);
  });

  it.each([
    ['Alice', 'Alica'],
    ['Alice', 'alice'],
    ['Alice', 'Alìce'],
    ['Alice', 'A lice'],
    ['Maria', 'Maira'],
    ['Christian', 'Christina'],
    ['张伟明', '张伟名'],
    ['张伟', '张伟'],
    ['Ann', 'Anne'],
  ])('says that %s is near to %s', (name, other) => {
    expect(doubtsAbout(direct(name), [group(other)], settled)).toEqual([{ kind: 'similarName', name: other }]);
  });

  it.each([
    ['Alice', 'Bob'],
    ['Li', 'Lu'],
    ['张伟', '王伟'],
    ['Max', 'Marie'],
    ['Tom', 'Tim Berners'],
    ['', ''],
    ['🎉', '🔥'],
  ])('tells %s from %s', (name, other) => {
    expect(doubtsAbout(direct(name), [group(other)], settled)).toEqual([]);
  });

  it('looks at names only when the last message went elsewhere', () => {
    const alice = direct('Alice');
    const others = [alice, direct('Alica')];
    expect(kinds(alice, others, { ...settled, before: direct('Alica') })).toEqual(['similarName']);
    expect(kinds(alice, others, { ...settled, before: alice })).toEqual([]);
  });
});
