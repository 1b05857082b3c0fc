import {
  type DynamicModule,
  Global,
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AshwireConfig } from '../../config/config.schema.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { Ids } from '../../shared/ids.js';
import { EventBus } from '../event-bus/event-bus.port.js';
import { leaseSchema } from '../lease/adapters/lease.schema.js';
import { TypeormLease } from '../lease/adapters/typeorm-lease.js';
import { Lease } from '../lease/lease.port.js';
import { MysqlDatabase } from './adapters/mysql-database.js';
import { SqliteDatabase } from './adapters/sqlite-database.js';
import { Database, type DatabaseSchema } from './database.port.js';
import { Outbox, outboxSchema } from './outbox.js';

const DRAIN_EVERY_MS = 5_000;

@Global()
@Module({})
export class DatabaseModule implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Outbox) private readonly outbox: Outbox,
  ) {}

  static for(config: AshwireConfig, schemas: readonly DatabaseSchema[]): DynamicModule {
    const logger = new Logger(Outbox.name);
    const providers: Provider[] = [
      { provide: Database, useFactory: () => openDatabase(config, [outboxSchema, leaseSchema, ...schemas]) },
      {
        provide: Outbox,
        inject: [Database, EventBus, Clock],
        useFactory: (database: Database, bus: EventBus, clock: Clock) => {
          const onFailure = (error: unknown): void => {
            // A database that is away says so itself, once.
            if (error instanceof DomainError && error.code === 'UNAVAILABLE') return;
            logger.error({ stack: error instanceof Error ? error.stack : String(error) });
          };
          return new Outbox(database, bus, onFailure, clock);
        },
      },
      {
        provide: Lease,
        inject: [Database, Clock, Ids],
        useFactory: (database: Database, clock: Clock, ids: Ids) => new TypeormLease(database, clock, ids),
      },
    ];
    return { module: DatabaseModule, providers, exports: providers };
  }

  /** What a crash left in the outbox, here or on another node, goes out once every module has subscribed. */
  async onApplicationBootstrap(): Promise<void> {
    await this.outbox.drain();
    this.timer = setInterval(() => void this.outbox.drain(), DRAIN_EVERY_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.outbox.idle();
    await this.database.close();
  }
}

function openDatabase(config: AshwireConfig, schemas: readonly DatabaseSchema[]): Promise<Database> {
  const { database } = config.adapters;
  const schema = {
    rows: schemas.flatMap(({ rows }) => rows),
    migrations: schemas.flatMap(({ migrations }) => migrations),
  };
  switch (database.kind) {
    case 'sqlite': {
      const inMemory = database.file === ':memory:';
      return SqliteDatabase.open(inMemory ? database.file : resolve(config.dataDirectory, database.file), schema);
    }
    case 'mysql': {
      const { kind: _, tls, ...options } = database;
      const password = config.secrets.databasePassword ?? '';
      const onOutage = (error: unknown): void => new Logger(Database.name).warn({ unavailable: String(error) });
      const secured = tls && { tls: authoritiesOf(tls, config) };
      return MysqlDatabase.open({ ...options, password, onOutage, ...secured }, schema);
    }
  }
}

function authoritiesOf(
  { authoritiesFile }: { authoritiesFile?: string | undefined },
  { dataDirectory }: AshwireConfig,
) {
  return authoritiesFile === undefined
    ? {}
    : { authorities: readFileSync(resolve(dataDirectory, authoritiesFile), 'utf8') };
}
