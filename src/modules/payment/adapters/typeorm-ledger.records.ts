import { type EntityManager, In, MoreThan } from 'typeorm';
import type { Database } from '../../../platform/database/database.port.js';
import type { ChainedEntry } from '../domain/ledger-chain.js';
import type { DocumentTable, LedgerDocument } from '../domain/ledger-document.js';
import { type LedgerHead, LedgerRecords, type StoredAccount } from '../ports/ledger.records.port.js';
import { orderOf } from './order.mapping.js';
import {
  LedgerEntryRow,
  LedgerHeadRow,
  PaymentAccountRow,
  PaymentOrderRow,
  TopUpRow,
  WithdrawalRow,
} from './payment.rows.js';

export class TypeormLedgerRecords extends LedgerRecords {
  constructor(private readonly database: Database) {
    super();
  }

  async head(): Promise<LedgerHead> {
    const row = await this.database.lookUp((manager) => manager.findOneBy(LedgerHeadRow, { id: 1 }));
    return { seq: row?.seq ?? 0, hash: row?.hash ?? '' };
  }

  listEntries(afterSeq: number, limit: number): Promise<ChainedEntry[]> {
    const where = { seq: MoreThan(afterSeq) };
    return this.database.lookUp((manager) =>
      manager.find(LedgerEntryRow, { where, order: { seq: 'ASC' }, take: limit }),
    );
  }

  listAccounts(afterId: string, limit: number): Promise<StoredAccount[]> {
    const where = { id: MoreThan(afterId) };
    return this.database.lookUp((manager) =>
      manager.find(PaymentAccountRow, { where, order: { id: 'ASC' }, take: limit }),
    );
  }

  listDocuments(table: DocumentTable, afterKey: string, limit: number): Promise<LedgerDocument[]> {
    return this.documents(table, { where: { id: MoreThan(afterKey) }, order: { id: 'ASC' }, take: limit });
  }

  findDocuments(table: DocumentTable, keys: readonly string[]): Promise<LedgerDocument[]> {
    return this.documents(table, { where: { id: In(keys) } });
  }

  async findPostings(postingIds: readonly string[]): Promise<Set<string>> {
    const where = { postingId: In(postingIds), line: 0 };
    const rows = await this.database.lookUp((manager) => manager.find(LedgerEntryRow, { where }));
    return new Set(rows.map(({ postingId }) => postingId));
  }

  reserved(): Promise<Map<string, number>> {
    return this.database.read(async (manager) => {
      const sums = new Map<string, number>();
      for (const [Row, amount] of [[PaymentOrderRow, 'amount'] as const, [WithdrawalRow, 'amount + fee'] as const]) {
        for (const { currency, sum } of await pendingSums(manager, Row, amount))
          sums.set(currency, (sums.get(currency) ?? 0) + Number(sum));
      }
      return sums;
    });
  }

  private documents(table: DocumentTable, options: object): Promise<LedgerDocument[]> {
    return this.database.read(async (manager): Promise<LedgerDocument[]> => {
      switch (table) {
        case 'payment_order':
          return (await manager.find(PaymentOrderRow, options)).map((row) => ({ table, record: orderOf(row) }));
        case 'top_up':
          return (await manager.find(TopUpRow, options)).map((row) => ({ table, record: { ...row, topUpId: row.id } }));
        case 'withdrawal':
          return (await manager.find(WithdrawalRow, options)).map((row) => {
            return { table, record: { ...row, withdrawalId: row.id } };
          });
      }
    });
  }
}

function pendingSums(
  manager: EntityManager,
  row: new () => object,
  amount: string,
): Promise<{ currency: string; sum: number | string }[]> {
  return manager
    .createQueryBuilder(row, 'pending')
    .select('pending.currency', 'currency')
    .addSelect(`SUM(${amount})`, 'sum')
    .where("pending.state = 'pending'")
    .groupBy('pending.currency')
    .getRawMany();
}
