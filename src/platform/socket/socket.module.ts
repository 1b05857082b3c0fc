import { type DynamicModule, Global, Module, type Provider, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ConnectionDrain } from './connection-drain.js';
import { ConnectionEvents } from './connection-events.js';
import { ConnectionGate } from './connection-gate.js';
import { EventDispatcher } from './event-dispatcher.js';

const providers: Provider[] = [ConnectionEvents, ConnectionGate, ConnectionDrain, EventDispatcher];

@Global()
@Module({})
export class SocketModule {
  /** `authentication` is the module that exports the Authenticator. */
  static for(authentication: Type): DynamicModule {
    return { module: SocketModule, imports: [DiscoveryModule, authentication], providers, exports: providers };
  }
}
