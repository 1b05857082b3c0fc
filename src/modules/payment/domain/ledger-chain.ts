import { BadRow } from './bad-row.js';
import { entryHash, type LedgerEntry } from './ledger.js';

export interface ChainedEntry extends LedgerEntry {
  /** Place in its posting, from 0. */
  readonly line: number;
  readonly hash: string;
}

/** Follows the entries from the first one and recomputes what they say. Throws {@link BadRow} at the first that is wrong. */
export class LedgerChain {
  seq = 0;
  hash = '';
  readonly balances = new Map<string, number>();
  private posting: ChainedEntry[] = [];

  /** Returns the posting that this entry shows to be over. */
  add(entry: ChainedEntry): readonly ChainedEntry[] {
    const ended = entry.postingId === this.posting[0]?.postingId ? [] : this.end();
    const problem = this.problemOf(entry);
    if (problem !== undefined) throw new BadRow('ledger_entry', entry.seq, problem);
    this.seq = entry.seq;
    this.hash = entry.hash;
    this.balances.set(entry.accountId, entry.balanceAfter);
    this.posting.push(entry);
    return ended;
  }

  /** Ends the last posting: no entry follows. */
  end(): readonly ChainedEntry[] {
    const { posting } = this;
    const sums = new Map<string, number>();
    // In each currency by itself, which account ids end in.
    for (const { accountId, amount } of posting)
      sums.set(accountId.slice(-3), (sums.get(accountId.slice(-3)) ?? 0) + amount);
    const first = posting[0];
    if (first && [...sums.values()].some((sum) => sum !== 0))
      throw new BadRow('ledger_entry', first.seq, `begins the posting ${first.postingId}, which does not sum to zero`);
    this.posting = [];
    return posting;
  }

  private problemOf(entry: ChainedEntry): string | undefined {
    if (entry.seq !== this.seq + 1) return `does not follow ${this.seq}: an entry is missing`;
    if (entry.previousHash !== this.hash) return 'does not carry the hash of the entry before';
    if (entry.hash !== entryHash(entry)) return 'is not what its hash was made of';
    if (entry.line !== this.posting.length) return `is not line ${this.posting.length} of its posting`;
    const balance = (this.balances.get(entry.accountId) ?? 0) + entry.amount;
    if (entry.balanceAfter !== balance) return `says a balance of ${entry.balanceAfter}, which was ${balance}`;
    return undefined;
  }
}
