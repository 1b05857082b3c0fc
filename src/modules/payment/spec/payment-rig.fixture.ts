import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type AshwireConfig, profileSchema } from '../../../config/config.schema.js';
import type { Database } from '../../../platform/database/database.port.js';
import { type OpenDatabase, openSqlite } from '../../../platform/database/spec/open-database.fixture.js';
import { Delivery } from '../../../platform/delivery/delivery.port.js';
import { InMemoryRateLimiter } from '../../../platform/rate-limit/adapters/in-memory-rate-limiter.js';
import type { ServerEventName } from '../../../protocol/events.js';
import type { PaymentOrderRequest } from '../../../protocol/payloads/payment.payloads.js';
import { paymentOrderBytes } from '../../../protocol/signing.js';
import { ManualClock } from '../../../shared/clock.js';
import { RandomIds } from '../../../shared/ids.js';
import { serverNameOf } from '../../user/index.js';
import { paymentSchema } from '../adapters/payment.schema.js';
import { TypeormFundingStore } from '../adapters/typeorm-funding.store.js';
import { TypeormLedgerRecords } from '../adapters/typeorm-ledger.records.js';
import { TypeormOrderStore } from '../adapters/typeorm-order.store.js';
import { DocumentAudit } from '../document.audit.js';
import { LedgerAudit } from '../ledger.audit.js';
import { OrderAdmission } from '../order.admission.js';
import { PaymentAccountService } from '../payment-account.service.js';
import { PaymentOrderService } from '../payment-order.service.js';
import { PaymentAnnouncer } from '../payment.announcer.js';
import type { OrderStore } from '../ports/order.store.port.js';
import { FewFriends, SigningPeople, type SigningPerson } from './signing-people.fixture.js';

export class RecordingDelivery extends Delivery {
  pushes: { userId: string; event: string; payload: unknown }[] = [];

  toUser(userId: string, event: ServerEventName, payload: unknown): void {
    this.pushes.push({ userId, event, payload });
  }

  closeSession(): void {
    throw new Error('payments close no session');
  }

  closeUser(): void {
    throw new Error('payments close no user');
  }
}

export interface PaymentRigOptions {
  /** SQLite in memory, unless another one is given. */
  readonly open?: OpenDatabase;
  readonly payments?: Partial<AshwireConfig['payments']>;
  readonly ordersPerMinute?: number;
  /** Stands between the stores and the database. */
  readonly around?: (database: Database) => Database;
  readonly orders?: (database: Database) => OrderStore;
}

const ids = new RandomIds();
export const CURRENCY = 'CNY';

/** The services wired as Nest does. */
export async function startPayments(options: PaymentRigOptions = {}) {
  const sql = await (options.open ?? openSqlite)(paymentSchema);
  const database = options.around?.(sql) ?? sql;
  const profile = profileSchema.parse(parse(readFileSync('config/embedded.yaml', 'utf8')));
  const paymentOrdersPerUser = { points: options.ordersPerMinute ?? 1_000_000, perMs: 60_000 };
  const payments = { ...profile.payments, ...options.payments };
  const config = { ...profile, payments, limits: { ...profile.limits, paymentOrdersPerUser } } as AshwireConfig;
  const [users, friends, clock, delivery] = [
    new SigningPeople(),
    new FewFriends(),
    new ManualClock(),
    new RecordingDelivery(),
  ];
  const orders = options.orders?.(database) ?? new TypeormOrderStore(database);
  const accounts = new PaymentAccountService(config, orders);
  const admission = new OrderAdmission(config, users, friends, new InMemoryRateLimiter(), clock);
  const announcer = new PaymentAnnouncer(accounts, delivery);
  const records = new TypeormLedgerRecords(sql);
  const server = serverNameOf(config);
  return {
    ...{ sql, config, users, friends, clock, delivery, orders, accounts, records, server },
    funding: new TypeormFundingStore(sql),
    service: new PaymentOrderService(config, orders, admission, announcer, clock),
    audit: new LedgerAudit(records, new DocumentAudit(records, users)),
    ...helpersOf(sql, { users, friends, clock, server }),
    close: () => sql.close(),
  };
}

export type PaymentRig = Awaited<ReturnType<typeof startPayments>>;

interface Surroundings {
  readonly users: SigningPeople;
  readonly friends: FewFriends;
  readonly clock: ManualClock;
  readonly server: string;
}

function helpersOf(sql: Database, { users, friends, clock, server }: Surroundings) {
  const funding = new TypeormFundingStore(sql);
  const give = async (person: SigningPerson, amount: number): Promise<void> => {
    const [topUpId, now] = [ids.next(), clock.now()];
    const { userId } = person;
    await funding.beginTopUp({ topUpId, userId, amount, currency: CURRENCY, createdAt: now, expiresAt: now + 1 });
    await funding.settle({ kind: 'top-up', reference: topUpId, state: 'posted', at: now });
  };
  return {
    give,
    /** Two friends; the first one has money. */
    pair: async (amount: number): Promise<[SigningPerson, SigningPerson]> => {
      const [one, other] = [users.add(), users.add()];
      friends.befriend(one, other);
      if (amount > 0) await give(one, amount);
      return [one, other];
    },
    /** A correct request; fields that are changed are signed too. */
    request: (
      payer: SigningPerson,
      payee: SigningPerson,
      changed: Partial<PaymentOrderRequest> = {},
    ): PaymentOrderRequest => {
      const order = {
        ...{ orderId: ids.next(), kind: 'transfer' as const, payeeId: payee.userId, payeeKey: payee.key },
        ...{ amount: 100, currency: CURRENCY, issuedAt: clock.now(), newKeyConfirmed: false },
        ...changed,
      };
      const signature = payer.sign(paymentOrderBytes({ ...order, server, payerId: payer.userId }));
      return { ...order, signature: changed.signature ?? signature };
    },
  };
}
