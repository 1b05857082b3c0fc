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
import { DiscoveryModule } from '@nestjs/core';
import type { AshwireConfig } from '../config/config.schema.js';
import { adapterMissing } from '../config/built-adapters.js';
import { CONFIG } from '../config/config.token.js';
import { Clock, SystemClock } from '../shared/clock.js';
import { Ids, RandomIds } from '../shared/ids.js';
import { Database, type DatabaseSchema } from './database/database.port.js';
import { openDatabase } from './database/open-database.js';
import { Outbox, outboxSchema } from './database/outbox.js';
import { InProcessDelivery } from './delivery/adapters/in-process-delivery.js';
import { Delivery } from './delivery/delivery.port.js';
import { InProcessEventBus } from './event-bus/adapters/in-process-event-bus.js';
import { EventBus } from './event-bus/event-bus.port.js';
import { InMemoryPresence } from './presence/adapters/in-memory-presence.js';
import { Presence } from './presence/presence.port.js';
import { InMemoryRateLimiter } from './rate-limit/adapters/in-memory-rate-limiter.js';
import { RateLimiter } from './rate-limit/rate-limiter.port.js';
import { ConnectionRegistry } from './socket/connection-registry.js';
import { PayloadValidators } from './validation/payload-validator.js';

const logger = new Logger('Outbox');

const providers: Provider[] = [
  { provide: Clock, useClass: SystemClock },
  { provide: Ids, useClass: RandomIds },
  PayloadValidators,
  ConnectionRegistry,
  {
    provide: EventBus,
    inject: [CONFIG, PayloadValidators],
    useFactory: ({ adapters }: AshwireConfig, validators: PayloadValidators): EventBus => {
      switch (adapters.eventBus) {
        case 'in-process':
          return new InProcessEventBus(validators);
        case 'nats':
          throw adapterMissing('eventBus', adapters.eventBus);
      }
    },
  },
  {
    provide: Delivery,
    inject: [CONFIG, ConnectionRegistry],
    useFactory: ({ adapters }: AshwireConfig, connections: ConnectionRegistry): Delivery => {
      switch (adapters.delivery) {
        case 'in-process':
          return new InProcessDelivery(connections);
        case 'redis':
        case 'nats':
          throw adapterMissing('delivery', adapters.delivery);
      }
    },
  },
  ephemeral(RateLimiter, () => new InMemoryRateLimiter()),
  ephemeral(Presence, () => new InMemoryPresence()),
  {
    provide: Outbox,
    inject: [Database, EventBus],
    useFactory: (database: Database, bus: EventBus) =>
      new Outbox(database, bus, (error) => {
        logger.error({ stack: error instanceof Error ? error.stack : String(error) });
      }),
  },
];

/** A port whose adapter follows `adapters.ephemeral`. */
function ephemeral<T>(provide: abstract new () => T, inMemory: () => T): Provider {
  return {
    provide,
    inject: [CONFIG],
    useFactory: ({ adapters }: AshwireConfig): T => {
      switch (adapters.ephemeral) {
        case 'memory':
          return inMemory();
        case 'redis':
        case 'redis-cluster':
          throw adapterMissing('ephemeral', adapters.ephemeral);
      }
    },
  };
}

/** Everything outside of the business, behind its ports, for all modules. */
@Global()
@Module({})
export class PlatformModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Outbox) private readonly outbox: Outbox,
  ) {}

  static for(config: AshwireConfig, schemas: readonly DatabaseSchema[]): DynamicModule {
    const own: Provider[] = [
      { provide: CONFIG, useValue: config },
      { provide: Database, useFactory: () => openDatabase(config, [outboxSchema, ...schemas]) },
      ...providers,
    ];
    return { module: PlatformModule, imports: [DiscoveryModule], providers: own, exports: own };
  }

  /** What a crash left in the outbox goes out once every module has subscribed. */
  async onApplicationBootstrap(): Promise<void> {
    await this.outbox.drain();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}
