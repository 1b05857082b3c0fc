import { Inject, Injectable } from '@nestjs/common';
import { DocumentAudit } from './document.audit.js';
import { BadRow } from './domain/bad-row.js';
import { accountIdOf } from './domain/ledger.js';
import { type ChainedEntry, LedgerChain } from './domain/ledger-chain.js';
import { type LedgerHead, LedgerRecords, type StoredAccount } from './ports/ledger.records.port.js';

const PAGE = 500;
/** How often a ledger that moves while it is read is caught up with. */
const CATCH_UPS = 20;

export interface AuditReport {
  readonly entries: number;
  readonly accounts: number;
  readonly orders: number;
  /** Worth noting down where the server cannot write: a later audit finds it on the chain, or somebody has rewritten it. */
  readonly head: LedgerHead;
  /** The first row that is wrong. */
  readonly finding: BadRow | null;
}

/**
 * Recomputes the ledger from its first entry: the chain, the postings, the documents and signatures that they rest on, the
 * balances. That each posting sums to zero makes the sum of all accounts zero. The server may run on meanwhile.
 */
@Injectable()
export class LedgerAudit {
  constructor(
    @Inject(LedgerRecords) private readonly records: LedgerRecords,
    @Inject(DocumentAudit) private readonly documents: DocumentAudit,
  ) {}

  async run(noted?: LedgerHead): Promise<AuditReport> {
    const chain = new LedgerChain();
    const counts = { accounts: 0, orders: 0 };
    const report = (finding: BadRow | null): AuditReport => {
      const { seq, hash } = chain;
      return { entries: seq, ...counts, head: { seq, hash }, finding };
    };
    try {
      await this.follow(chain, await this.records.head(), noted);
      if (noted && chain.seq < noted.seq) throw new BadRow('ledger_head', 1, `is before the noted entry ${noted.seq}`);
      counts.orders = await this.documents.checkAll('payment_order');
      await this.documents.checkAll('top_up');
      await this.documents.checkAll('withdrawal');
      counts.accounts = await this.checkState(chain);
      return report(null);
    } catch (error) {
      if (error instanceof BadRow) return report(error);
      throw error;
    }
  }

  /** Reads on to the head. */
  private async follow(chain: LedgerChain, head: LedgerHead, noted?: LedgerHead): Promise<void> {
    while (chain.seq < head.seq) {
      const entries = await this.records.listEntries(chain.seq, Math.min(PAGE, head.seq - chain.seq));
      if (entries.length === 0)
        throw new BadRow('ledger_head', 1, `says ${head.seq}, but the last entry is ${chain.seq}`);
      const postings: (readonly ChainedEntry[])[] = [];
      for (const entry of entries) {
        postings.push(chain.add(entry));
        if (entry.seq === noted?.seq && entry.hash !== noted.hash)
          throw new BadRow('ledger_entry', entry.seq, 'is another one than was noted');
      }
      if (chain.seq === head.seq) postings.push(chain.end());
      await this.documents.checkPostings(postings);
    }
    if (chain.hash !== head.hash) throw new BadRow('ledger_head', 1, 'does not carry the hash of the last entry');
  }

  /** What holds for the head alone. Found wrong while postings come in, it is looked at again. Returns how many accounts there are. */
  private async checkState(chain: LedgerChain): Promise<number> {
    for (let tries = 0; tries < CATCH_UPS; tries += 1) {
      const head = await this.records.head();
      await this.follow(chain, head);
      const accounts = await this.listAccounts();
      const finding = await this.findBadState(chain, accounts);
      if ((await this.records.head()).seq !== head.seq) continue;
      if (finding) throw finding;
      return accounts.length;
    }
    throw new Error('Postings come in faster than they can be audited. Try at a quieter time, or on a copy.');
  }

  private async listAccounts(): Promise<StoredAccount[]> {
    const accounts: StoredAccount[] = [];
    for (let after = ''; ;) {
      const page = await this.records.listAccounts(after, PAGE);
      accounts.push(...page);
      const last = page.at(-1);
      if (!last || page.length < PAGE) return accounts;
      after = last.id;
    }
  }

  private async findBadState(chain: LedgerChain, accounts: readonly StoredAccount[]): Promise<BadRow | null> {
    const reserved = await this.records.reserved();
    for (const account of accounts) {
      const problem = problemOf(account, chain.balances.get(account.id) ?? 0, reserved);
      if (problem !== undefined) return new BadRow('payment_account', account.id, problem);
    }
    const ids = new Set(accounts.map(({ id }) => id));
    const missing = [...chain.balances.keys()].find((id) => !ids.has(id));
    if (missing !== undefined) return new BadRow('payment_account', missing, 'is missing, but has entries');
    const [beyond] = await this.records.listEntries(chain.seq, 1);
    return beyond ? new BadRow('ledger_head', 1, `says ${chain.seq}, but there is an entry ${beyond.seq}`) : null;
  }
}

function problemOf(
  account: StoredAccount,
  recomputed: number,
  reserved: ReadonlyMap<string, number>,
): string | undefined {
  const { id, kind, userId, currency, balance } = account;
  if (id !== accountIdOf(kind, userId, currency)) return 'is of another kind, user or currency than its id says';
  if (balance !== recomputed) return `has ${balance}, but its entries come to ${recomputed}`;
  if (balance < 0 && kind !== 'issue') return `has ${balance}`;
  if (kind !== 'escrow') return undefined;
  const pending = reserved.get(currency) ?? 0;
  return balance === pending ? undefined : `has ${balance}, but pending orders and withdrawals need ${pending}`;
}
