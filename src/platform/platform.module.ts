import { type DynamicModule, Global, Module, type Provider } from '@nestjs/common';
import { adapterMissing } from '../config/built-adapters.js';
import type { AshwireConfig } from '../config/config.schema.js';
import { CONFIG } from '../config/config.token.js';
import { Clock, SystemClock } from '../shared/clock.js';
import { Ids, RandomIds } from '../shared/ids.js';
import { InProcessDelivery } from './delivery/adapters/in-process-delivery.js';
import { Delivery } from './delivery/delivery.port.js';
import { InProcessEventBus } from './event-bus/adapters/in-process-event-bus.js';
import { EventBus } from './event-bus/event-bus.port.js';
import { InMemoryPresence } from './presence/adapters/in-memory-presence.js';
import { RedisPresence } from './presence/adapters/redis-presence.js';
import { Presence } from './presence/presence.port.js';
import { InMemoryRateLimiter } from './rate-limit/adapters/in-memory-rate-limiter.js';
import { RedisRateLimiter } from './rate-limit/adapters/redis-rate-limiter.js';
import { RateLimiter } from './rate-limit/rate-limiter.port.js';
import { RedisConnections } from './redis/redis-connections.js';
import { ConnectionRegistry } from './socket/connection-registry.js';
import { PayloadValidators } from './validation/payload-validator.js';

const providers: Provider[] = [
  { provide: Clock, useClass: SystemClock },
  { provide: Ids, useClass: RandomIds },
  PayloadValidators,
  ConnectionRegistry,
  {
    provide: RedisConnections,
    inject: [CONFIG],
    useFactory: (config: AshwireConfig) => new RedisConnections(config),
  },
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
  ephemeral(
    RateLimiter,
    () => new InMemoryRateLimiter(),
    (redis) => new RedisRateLimiter(redis),
  ),
  ephemeral(
    Presence,
    () => new InMemoryPresence(),
    (redis) => new RedisPresence(redis),
  ),
];

/** A port whose adapter follows `adapters.ephemeral`. */
function ephemeral<T>(
  provide: abstract new () => T,
  inMemory: () => T,
  inRedis: (redis: RedisConnections) => T,
): Provider {
  return {
    provide,
    inject: [CONFIG, RedisConnections],
    useFactory: ({ adapters }: AshwireConfig, redis: RedisConnections): T => {
      switch (adapters.ephemeral) {
        case 'memory':
          return inMemory();
        case 'redis':
          return inRedis(redis);
        case 'redis-cluster':
          throw adapterMissing('ephemeral', adapters.ephemeral);
      }
    },
  };
}

/** What stands around the business, behind its ports, for all modules. */
@Global()
@Module({})
export class PlatformModule {
  static for(config: AshwireConfig): DynamicModule {
    const own: Provider[] = [{ provide: CONFIG, useValue: config }, ...providers];
    return { module: PlatformModule, providers: own, exports: own };
  }
}
