import { type DynamicModule, Global, Module, type Provider } from '@nestjs/common';
import { adapterMissing } from '../config/built-adapters.js';
import { ConfigError } from '../config/config-error.js';
import type { AshwireConfig } from '../config/config.schema.js';
import { DELIVERY_NEEDS_EPHEMERAL } from '../config/impossible-pairs.js';
import { CONFIG } from '../config/config.token.js';
import { Clock, SystemClock } from '../shared/clock.js';
import { Ids, RandomIds } from '../shared/ids.js';
import { ProcessCaches } from './cache/process-caches.js';
import { InProcessDelivery } from './delivery/adapters/in-process-delivery.js';
import { RedisDelivery } from './delivery/adapters/redis-delivery.js';
import { Delivery } from './delivery/delivery.port.js';
import { InProcessEventBus } from './event-bus/adapters/in-process-event-bus.js';
import { EventBus } from './event-bus/event-bus.port.js';
import { NodeChannel } from './node-channel/node-channel.js';
import { InMemoryPresence } from './presence/adapters/in-memory-presence.js';
import { RedisPresence } from './presence/adapters/redis-presence.js';
import { Presence } from './presence/presence.port.js';
import { InMemoryRateLimiter } from './rate-limit/adapters/in-memory-rate-limiter.js';
import { RedisRateLimiter } from './rate-limit/adapters/redis-rate-limiter.js';
import { RateLimiter } from './rate-limit/rate-limiter.port.js';
import { RedisClock } from './redis/redis-clock.js';
import { RedisConnections } from './redis/redis-connections.js';
import { InProcessSignals } from './signals/adapters/in-process-signals.js';
import { RedisSignals } from './signals/adapters/redis-signals.js';
import { Signals } from './signals/signals.port.js';
import { ConnectionRegistry } from './socket/connection-registry.js';
import { PayloadValidators } from './validation/payload-validator.js';

const providers: Provider[] = [
  ephemeral<Clock>(
    Clock,
    () => new SystemClock(),
    (redis) => new RedisClock(redis),
  ),
  { provide: Ids, useClass: RandomIds },
  PayloadValidators,
  ConnectionRegistry,
  ProcessCaches,
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
    provide: NodeChannel,
    inject: [RedisConnections, Ids],
    useFactory: (redis: RedisConnections, ids: Ids) => new NodeChannel(redis, ids),
  },
  {
    provide: Signals,
    inject: [CONFIG, NodeChannel],
    useFactory: ({ adapters }: AshwireConfig, channel: NodeChannel): Signals => {
      switch (adapters.delivery) {
        case 'in-process':
          return new InProcessSignals();
        case 'redis':
          return new RedisSignals(channel);
        case 'nats':
          throw adapterMissing('delivery', adapters.delivery);
      }
    },
  },
  {
    provide: Delivery,
    inject: [CONFIG, ConnectionRegistry, NodeChannel, Signals, Presence],
    useFactory: (
      { adapters }: AshwireConfig,
      connections: ConnectionRegistry,
      channel: NodeChannel,
      signals: Signals,
      presence: Presence,
    ): Delivery => {
      switch (adapters.delivery) {
        case 'in-process':
          return new InProcessDelivery(connections);
        case 'redis':
          if (presence instanceof RedisPresence) return new RedisDelivery(connections, channel, signals, presence);
          throw new ConfigError([DELIVERY_NEEDS_EPHEMERAL]);
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
    (...known) => new RedisPresence(...known),
  ),
];

/** A port whose adapter follows `adapters.ephemeral`. */
function ephemeral<T>(
  provide: abstract new () => T,
  inMemory: () => T,
  inRedis: (redis: RedisConnections, nodeId: string, signals: Signals) => T,
): Provider {
  return {
    provide,
    inject: [CONFIG, RedisConnections, NodeChannel, Signals],
    useFactory: (
      { adapters }: AshwireConfig,
      redis: RedisConnections,
      { nodeId }: NodeChannel,
      signals: Signals,
    ): T => {
      switch (adapters.ephemeral) {
        case 'memory':
          return inMemory();
        case 'redis':
          return inRedis(redis, nodeId, signals);
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
