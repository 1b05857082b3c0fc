import { type EntityManager, LessThanOrEqual } from 'typeorm';
import type { Database } from '../../../platform/database/database.port.js';
import { insertMissing } from '../../../platform/database/insert-missing.js';
import { DomainError } from '../../../shared/domain-error.js';
import {
  type FundingKind,
  FundingStore,
  type NewTopUp,
  type NewWithdrawal,
  type Outcome,
  type Settled,
  type TopUp,
  type Withdrawal,
} from '../ports/funding.store.port.js';
import { moveFromEscrow, moveToEscrow, moveToUser } from './funding.statements.js';
import { ProviderEventRow, TopUpRow, WithdrawalRow } from './payment.rows.js';

/** Never committed: who moves a withdrawal on from here is who inserted it, whichever of many at once. */
const NOT_RESERVED = 0;

export class TypeormFundingStore extends FundingStore {
  constructor(private readonly database: Database) {
    super();
  }

  beginTopUp({ topUpId, ...topUp }: NewTopUp): Promise<TopUp> {
    return this.database.transaction(async (manager) => {
      const id = topUpId;
      const row = { ...topUp, id, state: 'pending', settledAt: null, payAt: null } as const;
      await insertMissing(manager, TopUpRow, row);
      const kept = await manager.findOneByOrFail(TopUpRow, { id });
      requireSame(kept, row, ['userId', 'amount', 'currency']);
      return topUpOf(kept);
    });
  }

  async findTopUp(topUpId: string): Promise<TopUp | null> {
    const row = await this.database.lookUp((manager) => manager.findOneBy(TopUpRow, { id: topUpId }));
    return row && topUpOf(row);
  }

  beginWithdrawal({ withdrawalId, ...withdrawal }: NewWithdrawal): Promise<Withdrawal> {
    return this.database.securedTransaction(async (manager) => {
      const id = withdrawalId;
      const row = { ...withdrawal, id, state: 'pending', settledAt: null, offerAt: NOT_RESERVED } as const;
      await insertMissing(manager, WithdrawalRow, row);
      const { offerAt } = withdrawal;
      const begun = await manager.update(WithdrawalRow, { id, offerAt: NOT_RESERVED }, { offerAt });
      if (begun.affected === 1) await moveToEscrow(manager, row);
      const kept = await manager.findOneByOrFail(WithdrawalRow, { id });
      requireSame(kept, row, ['userId', 'amount', 'currency', 'destination', 'issuedAt', 'signature']);
      return withdrawalOf(kept);
    });
  }

  async findWithdrawal(withdrawalId: string): Promise<Withdrawal | null> {
    const row = await this.database.lookUp((manager) => manager.findOneBy(WithdrawalRow, { id: withdrawalId }));
    return row && withdrawalOf(row);
  }

  async markTaken(kind: FundingKind, id: string, payAt?: string): Promise<void> {
    await this.database.transaction((manager) =>
      kind === 'withdrawal'
        ? manager.update(WithdrawalRow, { id }, { offerAt: null })
        : manager.update(TopUpRow, { id }, { payAt: payAt ?? null }),
    );
  }

  settle(outcome: Outcome): Promise<Settled> {
    return this.database.securedTransaction(async (manager) => {
      const { kind, reference: id, state, at } = outcome;
      const first = await remember(manager, outcome);
      const pending = { id, state: 'pending' } as const;
      const Row = kind === 'top-up' ? TopUpRow : WithdrawalRow;
      const settled = first && (await manager.update(Row, pending, { state, settledAt: at })).affected === 1;
      const row = await manager.findOneBy<TopUpRow | WithdrawalRow>(Row, { id });
      if (row === null) throw new DomainError('NOT_FOUND');
      requireReported(row, outcome);
      if (settled) await moveSettled(manager, row, at);
      return { userId: row.userId, state: row.state, changed: settled };
    });
  }

  async listOverdueTopUps(now: number, limit: number): Promise<string[]> {
    const where = { state: 'pending', expiresAt: LessThanOrEqual(now) } as const;
    const rows = await this.database.lookUp((manager) =>
      manager.find(TopUpRow, { where, order: { expiresAt: 'ASC', id: 'ASC' }, take: limit }),
    );
    return rows.map(({ id }) => id);
  }

  takeOffers(now: number, againAt: number, limit: number): Promise<Withdrawal[]> {
    return this.database.transaction(async (manager) => {
      const where = { state: 'pending', offerAt: LessThanOrEqual(now) } as const;
      const rows = await manager.find(WithdrawalRow, { where, order: { offerAt: 'ASC', id: 'ASC' }, take: limit });
      const taken: Withdrawal[] = [];
      for (const row of rows) {
        const result = await manager.update(WithdrawalRow, { ...where, id: row.id }, { offerAt: againAt });
        if (result.affected === 1) taken.push({ ...withdrawalOf(row), offerAt: againAt });
      }
      return taken;
    });
  }
}

/** Whether the outcome may settle its reference: a report may unless its event was about another one. */
async function remember(manager: EntityManager, { reference, report, at }: Outcome): Promise<boolean> {
  if (report === undefined) return true;
  const { eventId: id } = report;
  await insertMissing(manager, ProviderEventRow, { id, reference, receivedAt: at });
  const kept = await manager.findOneByOrFail(ProviderEventRow, { id });
  return kept.reference === reference;
}

function requireReported({ amount, currency }: TopUpRow | WithdrawalRow, { report }: Outcome): void {
  if (report === undefined || (report.amount === amount && report.currency === currency)) return;
  throw new DomainError('CALLBACK_INVALID');
}

async function moveSettled(manager: EntityManager, row: TopUpRow | WithdrawalRow, at: number): Promise<void> {
  if (row instanceof WithdrawalRow) await moveFromEscrow(manager, row, at);
  else if (row.state === 'posted') await moveToUser(manager, row, at);
}

function requireSame<T extends object>(kept: T, asked: T, fields: readonly (keyof T)[]): void {
  if (fields.some((field) => kept[field] !== asked[field])) throw new DomainError('ORDER_ID_REUSED');
}

const topUpOf = ({ id, settledAt: _, ...topUp }: TopUpRow): TopUp => ({ topUpId: id, ...topUp });

const withdrawalOf = ({ id, settledAt: _, ...withdrawal }: WithdrawalRow): Withdrawal => ({
  withdrawalId: id,
  ...withdrawal,
});
