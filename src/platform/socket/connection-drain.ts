import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { ConnectionGate } from './connection-gate.js';
import { ConnectionRegistry } from './connection-registry.js';

/** A stopping process takes no new connections and tells the open ones to come back. */
@Injectable()
export class ConnectionDrain implements BeforeApplicationShutdown {
  constructor(
    @Inject(ConnectionGate) private readonly gate: ConnectionGate,
    @Inject(ConnectionRegistry) private readonly connections: ConnectionRegistry,
  ) {}

  beforeApplicationShutdown(): void {
    this.gate.shut();
    for (const connection of [...this.connections.all()]) connection.close('SHUTTING_DOWN', 'reconnect');
  }
}
