import { Inject, Injectable } from '@nestjs/common';
import { UserFacade, verifySignature } from '../user/index.js';
import { BadRow } from './domain/bad-row.js';
import { linesOf, type EntryLine } from './domain/ledger.js';
import type { ChainedEntry } from './domain/ledger-chain.js';
import {
  type DocumentTable,
  keyOf,
  type LedgerDocument,
  postingsOfDocument,
  signedPartOf,
  tableOf,
} from './domain/ledger-document.js';
import { LedgerRecords } from './ports/ledger.records.port.js';

const PAGE = 500;

/** Holds the orders, top-ups and withdrawals against the ledger, both ways. */
@Injectable()
export class DocumentAudit {
  constructor(
    @Inject(LedgerRecords) private readonly records: LedgerRecords,
    @Inject(UserFacade) private readonly users: UserFacade,
  ) {}

  /** Every posting is what its document says, line by line: no money moves without one. Throws {@link BadRow}. */
  async checkPostings(postings: readonly (readonly ChainedEntry[])[]): Promise<void> {
    const documents = await this.documentsOf(postings.flatMap(([first]) => first ?? []));
    for (const entries of postings) {
      const [first] = entries;
      if (!first) continue;
      const { postingId, seq, reference } = first;
      const table = tableOf(postingId);
      if (!table) throw new BadRow('ledger_entry', seq, `belongs to ${postingId}, which is no effect of anything`);
      const document = documents.get(`${table} ${reference}`);
      if (!document) throw new BadRow(table, reference, `is missing: entry ${seq} rests on it`);
      const expected = postingsOfDocument(document).find((posting) => posting.postingId === postingId);
      if (!expected || !areSame(linesOf(expected), entries))
        throw new BadRow(table, reference, `does not say what entry ${seq} (${postingId}) has moved`);
    }
  }

  /** Every row of the table is signed and has moved what it says. Returns how many there are. Throws {@link BadRow}. */
  async checkAll(table: DocumentTable): Promise<number> {
    let count = 0;
    for (let after = ''; ;) {
      const page = await this.records.listDocuments(table, after, PAGE);
      await this.requireSignatures(page);
      await this.requirePostings(page);
      count += page.length;
      const last = page.at(-1);
      if (!last || page.length < PAGE) return count;
      after = keyOf(last);
    }
  }

  private async documentsOf(firsts: readonly ChainedEntry[]): Promise<Map<string, LedgerDocument>> {
    const keys = new Map<DocumentTable, Set<string>>();
    for (const { postingId, reference } of firsts) {
      const table = tableOf(postingId);
      if (table) keys.set(table, (keys.get(table) ?? new Set()).add(reference));
    }
    const found: LedgerDocument[] = [];
    for (const [table, references] of keys) found.push(...(await this.records.findDocuments(table, [...references])));
    return new Map(found.map((document) => [`${document.table} ${keyOf(document)}`, document]));
  }

  /** By a key that was the user's; of a deleted account the keys are not known any more. */
  private async requireSignatures(page: readonly LedgerDocument[]): Promise<void> {
    for (const document of page) {
      const signed = signedPartOf(document);
      if (!signed) continue;
      const { userId, key, bytes, signature } = signed;
      if (!verifySignature(key, bytes, signature))
        throw new BadRow(document.table, keyOf(document), 'is not what its signature was made for');
      const history = await this.users.listKeyHistory(userId);
      if (history.length > 0 && !history.some(({ identityKey }) => identityKey === key))
        throw new BadRow(document.table, keyOf(document), `is signed by a key that ${userId} never had`);
    }
  }

  private async requirePostings(page: readonly LedgerDocument[]): Promise<void> {
    const expected = page.flatMap((document) =>
      postingsOfDocument(document).map(({ postingId }) => ({ document, postingId })),
    );
    const found = await this.records.findPostings(expected.map(({ postingId }) => postingId));
    const missing = expected.find(({ postingId }) => !found.has(postingId));
    if (!missing) return;
    const { document, postingId } = missing;
    throw new BadRow(document.table, keyOf(document), `is ${document.record.state}, but ${postingId} was never posted`);
  }
}

const FIELDS = ['postingId', 'accountId', 'kind', 'reference', 'counterpartId', 'amount', 'at'] as const;

function areSame(expected: readonly EntryLine[], entries: readonly EntryLine[]): boolean {
  if (expected.length !== entries.length) return false;
  return expected.every((line, index) => FIELDS.every((field) => line[field] === entries[index]?.[field]));
}
