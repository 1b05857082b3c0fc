import { Logger } from '@nestjs/common';
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Database } from '../../platform/database/database.port.js';
import { describeOnMariadb } from '../../platform/database/spec/databases.fixture.js';
import { type OpenDatabase, openSqlite } from '../../platform/database/spec/open-database.fixture.js';
import { RandomIds } from '../../shared/ids.js';
import { LedgerEntryRow, PaymentAccountRow, PaymentOrderRow } from './adapters/payment.rows.js';
import { TypeormOrderStore } from './adapters/typeorm-order.store.js';
import type { Effect, OrderStore, Placing } from './ports/order.store.port.js';
import { Crash, CrashingDatabase, type CrashPoint } from './spec/crashing-database.fixture.js';
import { type Attempt, GIVEN, LedgerModel, LIFE_MS, MAX_PER_DAY } from './spec/ledger-model.fixture.js';
import { CURRENCY, type PaymentRig, startPayments } from './spec/payment-rig.fixture.js';
import type { SigningPerson } from './spec/signing-people.fixture.js';

const PEOPLE = 3;
const ids = new RandomIds();

type StoreOf = (database: Database) => OrderStore;

interface Real {
  readonly rig: PaymentRig;
  readonly people: readonly SigningPerson[];
  readonly database: CrashingDatabase;
}

async function start(storeOf: StoreOf, open: OpenDatabase): Promise<Real> {
  let database: CrashingDatabase | undefined;
  const rig = await startPayments({
    open,
    payments: { redPacketLifeMs: LIFE_MS, maxPerDay: MAX_PER_DAY },
    around: (inner): Database => (database = new CrashingDatabase(inner)),
    orders: storeOf,
  });
  const people = Array.from({ length: PEOPLE }, () => rig.users.add());
  for (const person of people) {
    await rig.give(person, GIVEN);
    for (const other of people) rig.friends.befriend(person, other);
  }
  if (!database) throw new Error('no database');
  return { rig, people, database };
}

const personOf = ({ people }: Real, index: number): SigningPerson => people[index] as SigningPerson;

/** Does it, dying at the point that is given, and compares the answer. What was not answered may be asked for again. */
async function answers(
  { database }: Real,
  crash: CrashPoint,
  work: () => Promise<{ state: string }>,
  [answer, effect]: [answer: string, effect: () => void],
): Promise<void> {
  database.crash = crash;
  const outcome = await work().then(
    ({ state }) => state,
    (error: Error & { code?: string }) => (error instanceof Crash ? 'crash' : (error.code ?? error.message)),
  );
  database.crash = 'never';
  const isRefused = answer === answer.toUpperCase();
  expect(outcome).toBe(crash === 'never' || isRefused ? answer : 'crash');
  if (crash !== 'before-commit') effect();
}

/** Conservation, and that the database is the model. */
async function holds({ rig, people }: Real, model: LedgerModel): Promise<void> {
  const { accounts, orders, entries } = await rig.sql.read(async (manager) => ({
    accounts: await manager.find(PaymentAccountRow),
    orders: await manager.find(PaymentOrderRow),
    entries: await manager.count(LedgerEntryRow),
  }));
  const balanceOf = (id: string): number => accounts.find((account) => account.id === id)?.balance ?? 0;
  expect(accounts.reduce((sum, { balance }) => sum + balance, 0)).toBe(0);
  expect(balanceOf(`issue:${CURRENCY}`)).toBe(-GIVEN * PEOPLE);
  expect(accounts.filter(({ kind, balance }) => kind !== 'issue' && balance < 0)).toEqual([]);
  expect(people.map(({ userId }) => balanceOf(`user:${userId}:${CURRENCY}`))).toEqual(model.balances);
  expect(balanceOf(`escrow:${CURRENCY}`)).toBe(model.escrow);
  const states = [...model.orders].map(([orderId, { state }]) => [orderId, state]);
  expect(new Map(orders.map(({ id, state }) => [id, state]))).toEqual(new Map(states as [string, string][]));
  expect(entries).toBe(model.entries);
}

type Command = fc.AsyncCommand<LedgerModel, Real>;

const command = (name: string, run: (model: LedgerModel, real: Real) => Promise<void>): Command => ({
  check: () => true,
  run: async (model, real) => {
    await run(model, real);
    await holds(real, model);
  },
  toString: () => name,
});

const tries = (attempt: Attempt, crash: CrashPoint, model: LedgerModel, real: Real): Promise<void> => {
  const payerId = personOf(real, attempt.payer).userId;
  const place = (): Promise<{ state: string }> => real.rig.service.place(payerId, attempt.request);
  return answers(real, crash, place, model.place(attempt, real.rig.clock.now()));
};

const crashes = fc.constantFrom<CrashPoint>('never', 'never', 'before-commit', 'after-commit');
const person = fc.nat({ max: PEOPLE - 1 });
const amounts = fc.integer({ min: 1, max: 600 });
const pick = fc.nat({ max: 1_000 });

const placing = fc
  .tuple(
    fc.constantFrom('transfer' as const, 'red-packet' as const),
    person,
    fc.integer({ min: 1, max: 2 }),
    amounts,
    crashes,
  )
  .map(([kind, payer, step, amount, crash]) => {
    const payee = (payer + step) % PEOPLE;
    return command(`${kind} of ${amount} from ${payer} to ${payee}, crash ${crash}`, async (model, real) => {
      const request = real.rig.request(personOf(real, payer), personOf(real, payee), { kind, amount });
      const attempt = { payer, payee, request };
      model.attempts.push(attempt);
      await tries(attempt, crash, model, real);
    });
  });

const retrying = fc.tuple(pick, fc.boolean(), crashes).map(([index, spoil, crash]) =>
  command(`attempt ${index} again${spoil ? ' with another amount' : ''}, crash ${crash}`, async (model, real) => {
    const attempt = model.attempts[index % Math.max(1, model.attempts.length)];
    if (!attempt) return;
    const { payer, payee } = attempt;
    const { signature: _, ...fields } = attempt.request;
    const amount = fields.amount + (spoil ? 1 : 0);
    const again = real.rig.request(personOf(real, payer), personOf(real, payee), { ...fields, amount });
    await tries({ payer, payee, request: again }, crash, model, real);
  }),
);

const claiming = fc.tuple(pick, person, fc.boolean(), crashes).map(([index, anybody, byAnybody, crash]) =>
  command(`claim of attempt ${index} by ${byAnybody ? anybody : 'its payee'}, crash ${crash}`, async (model, real) => {
    const attempt = model.attempts[index % Math.max(1, model.attempts.length)];
    const by = byAnybody || !attempt ? anybody : attempt.payee;
    const orderId = attempt?.request.orderId ?? ids.next();
    const claim = (): Promise<{ state: string }> => real.rig.service.claim(personOf(real, by).userId, orderId);
    await answers(real, crash, claim, model.claim(orderId, by, real.rig.clock.now()));
  }),
);

const expiring = crashes.map((crash) =>
  command(`expiry, crash ${crash}`, async (model, real) => {
    real.database.crash = crash;
    await real.rig.service.expire();
    real.database.crash = 'never';
    if (crash !== 'before-commit') model.expire(real.rig.clock.now());
  }),
);

const waiting = fc.constantFrom(1, LIFE_MS - 1, LIFE_MS, 200_000).map((ms) =>
  command(`${ms} ms later`, (_, { rig }) => {
    rig.clock.advance(ms);
    return Promise.resolve();
  }),
);

const commands = fc.commands([placing, placing, retrying, claiming, claiming, expiring, waiting], {
  maxCommands: 40,
  size: 'max',
});

function itHolds(
  storeOf: StoreOf,
  parameters: fc.Parameters<[Iterable<Command>]>,
  open: OpenDatabase = openSqlite,
): Promise<void> {
  const property = fc.asyncProperty(commands, async (steps) => {
    const real = await start(storeOf, open);
    try {
      await fc.asyncModelRun(() => ({ model: new LedgerModel(PEOPLE), real }), steps);
      expect((await real.rig.audit.run()).finding).toBeNull();
    } finally {
      await real.rig.close();
    }
  });
  return fc.assert(property, parameters);
}

describe('the ledger as a model', () => {
  beforeAll(() => void Logger.overrideLogger(false));

  /** A failure prints the seed and the path; give them as { seed, path, endOnFailure: true } to see it again. */
  it('conserves money, with one effect per order and one end per packet, under crashes and retries', async () => {
    await itHolds((database) => new TypeormOrderStore(database), { numRuns: 60 });
  }, 120_000);

  describeOnMariadb((open) => {
    it('conserves money', () => itHolds((database) => new TypeormOrderStore(database), { numRuns: 6 }, open), 120_000);
  });

  class ForgetsThatItWasClaimed extends TypeormOrderStore {
    constructor(private readonly own: Database) {
      super(own);
    }

    override claim(orderId: string, payeeId: string, now: number): Promise<Effect> {
      const posted = { id: orderId, payeeId, state: 'posted', kind: 'red-packet' } as const;
      const forgotten = { state: 'pending', settledAt: null, expiresAt: now + 1 } as const;
      return this.own.transaction(async (manager) => {
        await manager.update(PaymentOrderRow, posted, forgotten);
        return super.claim(orderId, payeeId, now);
      });
    }
  }

  class PaysAgain extends TypeormOrderStore {
    override async place(placing: Placing): Promise<Effect> {
      const earlier = await this.find(placing.order.orderId);
      if (!earlier) return super.place(placing);
      const effect = await super.place({ ...placing, order: { ...placing.order, orderId: ids.next() } });
      return { order: earlier, isNew: effect.isNew };
    }
  }

  it.each([
    ['a store that forgets a claim', ForgetsThatItWasClaimed],
    ['a store that pays again', PaysAgain],
  ])(
    'finds %s, and says the seed',
    async (_, Defect) => {
      const found = itHolds((database) => new Defect(database), { seed: 1_701, numRuns: 100 });
      await expect(found).rejects.toThrow(/Property failed after .*\n?.*seed: 1701/);
    },
    120_000,
  );
});
