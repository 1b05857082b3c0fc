import { describe, expect, it } from '@jest/globals';
import type { StatementEntry } from '../../../../sdk/index.js';
import { sentenceOf, type StatementRows, withNewest, withOlder } from './statement-line.js';

const entry = (entryId: number, given: Partial<StatementEntry> = {}): StatementEntry => ({
  ...{ entryId, kind: 'transfer', amount: 100, balanceAfter: 100, reference: 'r', at: entryId },
  ...given,
});
const rows = (ids: readonly number[], nextCursor?: string): StatementRows => ({
  entries: ids.map((id) => entry(id)),
  nextCursor,
});
const idsOf = ({ entries }: StatementRows): number[] => entries.map(({ entryId }) => entryId);

describe('sentenceOf', () => {
  it.each([
    ['transfer', -100, 'bob', 'paid'],
    ['transfer', 100, 'bob', 'received'],
    ['red-packet', -100, 'bob', 'packetSent'],
    ['red-packet', 100, 'bob', 'packetClaimed'],
    ['refund', 100, 'bob', 'packetReturned'],
    ['refund', 100, undefined, 'withdrawalReturned'],
    ['top-up', 100, undefined, 'toppedUp'],
    ['withdrawal', -100, undefined, 'withdrawn'],
    ['fee', -100, undefined, 'fee'],
  ] as const)('%s of %i with %s: %s', (kind, amount, counterpartId, sentence) => {
    expect(sentenceOf(entry(1, { kind, amount, ...(counterpartId !== undefined && { counterpartId }) }))).toBe(
      sentence,
    );
  });
});

describe('a statement in pages', () => {
  it('begins with the newest page', () => {
    expect(withNewest({ entries: [] }, rows([9, 8], '8'))).toEqual(rows([9, 8], '8'));
  });

  it('takes new entries on top and keeps its place further down', () => {
    const known = rows([9, 8, 5, 3], '3');
    const now = withNewest(known, rows([12, 9, 8], '8'));
    expect(idsOf(now)).toEqual([12, 9, 8, 5, 3]);
    expect(now.nextCursor).toBe('3');
  });

  it('begins anew where entries in between are missing', () => {
    expect(withNewest(rows([3, 2], '2'), rows([12, 9], '9'))).toEqual(rows([12, 9], '9'));
  });

  it('goes on behind the oldest, and ends where the server has no more', () => {
    const now = withOlder(rows([9, 8], '8'), rows([8, 5, 3]));
    expect(idsOf(now)).toEqual([9, 8, 5, 3]);
    expect(now.nextCursor).toBeUndefined();
  });
});
