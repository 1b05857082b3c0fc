import type { AccountKind } from '../domain/ledger.js';
import type { ChainedEntry } from '../domain/ledger-chain.js';
import type { DocumentTable, LedgerDocument } from '../domain/ledger-document.js';

export interface LedgerHead {
  /** 0 before the first entry. */
  readonly seq: number;
  readonly hash: string;
}

export interface StoredAccount {
  readonly id: string;
  readonly kind: AccountKind;
  readonly userId: string;
  readonly currency: string;
  readonly balance: number;
}

/** The rows of the ledger as they are stored, right or wrong, for whoever audits them. Reads only; pages are in the order of their keys. */
export abstract class LedgerRecords {
  abstract head(): Promise<LedgerHead>;
  abstract listEntries(afterSeq: number, limit: number): Promise<ChainedEntry[]>;
  abstract listAccounts(afterId: string, limit: number): Promise<StoredAccount[]>;
  abstract listDocuments(table: DocumentTable, afterKey: string, limit: number): Promise<LedgerDocument[]>;
  /** Those that exist, in no order. */
  abstract findDocuments(table: DocumentTable, keys: readonly string[]): Promise<LedgerDocument[]>;
  /** Those of the given postings that have an entry. */
  abstract findPostings(postingIds: readonly string[]): Promise<Set<string>>;
  /** By currency: what pending orders and withdrawals have reserved. */
  abstract reserved(): Promise<Map<string, number>>;
}
