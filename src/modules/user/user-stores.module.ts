import { type FactoryProvider, Module } from '@nestjs/common';
import type { AshwireConfig } from '../../config/config.schema.js';
import { CONFIG } from '../../config/config.token.js';
import { Database } from '../../platform/database/database.port.js';
import { Outbox } from '../../platform/database/outbox.js';
import { RedisConnections } from '../../platform/redis/redis-connections.js';
import { Signals } from '../../platform/signals/signals.port.js';
import { Clock } from '../../shared/clock.js';
import { InMemoryChallengeStore } from './adapters/in-memory-challenge.store.js';
import { InMemorySessionRevocations } from './adapters/in-memory-session-revocations.js';
import { InMemorySpentNonces } from './adapters/in-memory-spent-nonces.js';
import { RedisChallengeStore } from './adapters/redis-challenge.store.js';
import { RedisSessionRevocations } from './adapters/redis-session-revocations.js';
import { RedisSpentNonces } from './adapters/redis-spent-nonces.js';
import { TypeormAccountStore } from './adapters/typeorm-account.store.js';
import { TypeormIdentityStore } from './adapters/typeorm-identity.store.js';
import { TypeormKeyPackageStore } from './adapters/typeorm-key-package.store.js';
import { TypeormRegistrationInvitationStore } from './adapters/typeorm-registration-invitation.store.js';
import { TypeormSessionStore } from './adapters/typeorm-session.store.js';
import { AccountStore } from './ports/account.store.port.js';
import { ChallengeStore } from './ports/challenge.store.port.js';
import { IdentityStore } from './ports/identity.store.port.js';
import { KeyPackageStore } from './ports/key-package.store.port.js';
import { RegistrationInvitationStore } from './ports/registration-invitation.store.port.js';
import { SessionRevocations } from './ports/session-revocations.port.js';
import { SessionStore } from './ports/session.store.port.js';
import { SpentNonces } from './ports/spent-nonces.port.js';

type Token<P> = abstract new () => P;

/** SQL is behind the Database port, whatever the tier; these stores have one form. */
const sql = <P>(provide: Token<P>, adapter: new (database: Database) => P): FactoryProvider<P> => ({
  provide,
  inject: [Database],
  useFactory: (database: Database) => new adapter(database),
});

/** What may be forgotten at a restart. A tier of several nodes needs it outside of the process. */
const ephemeral = <P>(
  provide: Token<P>,
  inMemory: (clock: Clock, config: AshwireConfig) => P,
  inRedis: (redis: RedisConnections, clock: Clock, config: AshwireConfig, signals: Signals) => P,
): FactoryProvider<P> => ({
  provide,
  inject: [CONFIG, Clock, RedisConnections, Signals],
  useFactory: (config: AshwireConfig, clock: Clock, redis: RedisConnections, signals: Signals) => {
    const kind = config.adapters.ephemeral;
    switch (kind) {
      case 'memory':
        return inMemory(clock, config);
      case 'redis':
        return inRedis(redis, clock, config, signals);
      case 'redis-cluster':
        throw new Error(`${provide.name} has no adapter for ${kind} yet`);
    }
  },
});

const STORES: readonly FactoryProvider[] = [
  {
    provide: AccountStore,
    inject: [Database, Outbox],
    useFactory: (database: Database, outbox: Outbox) => new TypeormAccountStore(database, outbox),
  },
  sql(IdentityStore, TypeormIdentityStore),
  sql(SessionStore, TypeormSessionStore),
  sql(KeyPackageStore, TypeormKeyPackageStore),
  sql(RegistrationInvitationStore, TypeormRegistrationInvitationStore),
  ephemeral(
    ChallengeStore,
    (clock) => new InMemoryChallengeStore(clock),
    (redis, clock) => new RedisChallengeStore(redis, clock),
  ),
  ephemeral(
    SpentNonces,
    (clock) => new InMemorySpentNonces(clock),
    (redis, clock) => new RedisSpentNonces(redis, clock),
  ),
  ephemeral(
    SessionRevocations,
    (clock, { sessions }) => new InMemorySessionRevocations(clock, sessions.accessTokenMs),
    (redis, clock, { sessions }, signals) => new RedisSessionRevocations(redis, clock, sessions.accessTokenMs, signals),
  ),
];

/** Chooses the adapter behind each port of the module. */
@Module({ providers: [...STORES], exports: STORES.map(({ provide }) => provide) })
export class UserStoresModule {}
