import { describe, expect, it } from '@jest/globals';
import { entryHash } from './ledger.js';
import { type ChainedEntry, LedgerChain } from './ledger-chain.js';

/** Entries that are chained as they should be, whatever they move. */
function chained(...moves: readonly [postingId: string, accountId: string, amount: number][]): ChainedEntry[] {
  const entries: ChainedEntry[] = [];
  const balances = new Map<string, number>();
  for (const [postingId, accountId, amount] of moves) {
    const balanceAfter = (balances.get(accountId) ?? 0) + amount;
    balances.set(accountId, balanceAfter);
    const line = entries.filter((entry) => entry.postingId === postingId).length;
    const [seq, previousHash] = [entries.length + 1, entries.at(-1)?.hash ?? ''];
    const place = { seq, postingId, line, accountId, kind: 'top-up' as const, reference: 'r', counterpartId: null };
    const entry = { ...place, amount, balanceAfter, at: 1, previousHash };
    entries.push({ ...entry, hash: entryHash(entry) });
  }
  return entries;
}

describe('LedgerChain', () => {
  const follow = (entries: readonly ChainedEntry[]): (readonly ChainedEntry[])[] => {
    const chain = new LedgerChain();
    return [...entries.map((entry) => chain.add(entry)), chain.end()].filter(({ length }) => length > 0);
  };

  it('gives each posting when it is over', () => {
    const entries = chained(['a', 'issue:CNY', -5], ['a', 'user:CNY', 5], ['b', 'user:CNY', -1], ['b', 'fees:CNY', 1]);
    expect(follow(entries)).toEqual([entries.slice(0, 2), entries.slice(2)]);
    expect(follow([])).toEqual([]);
  });

  it.each([
    [
      'in the middle',
      chained(['a', 'issue:CNY', -5], ['a', 'user:CNY', 6], ['b', 'user:CNY', 1], ['b', 'fees:CNY', -1]),
    ],
    ['at the end', chained(['a', 'issue:CNY', -5])],
    ['of two currencies', chained(['a', 'issue:CNY', -5], ['a', 'user:EUR', 5])],
  ])('finds a posting that does not sum to zero, %s', (_, entries) => {
    expect(() => follow(entries)).toThrow('ledger_entry 1 begins the posting a, which does not sum to zero');
  });
});
