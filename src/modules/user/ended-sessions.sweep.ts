import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ConnectionRegistry } from '../../platform/socket/connection-registry.js';
import { SessionRevocations } from './ports/session-revocations.port.js';

/** With the second that a revocation needs to every node, well within the five that are promised. */
const SWEEP_MS = 2_000;

/** Closes the sockets of sessions that have ended, where the node that ended them could not tell this one. */
@Injectable()
export class EndedSessionsSweep implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(ConnectionRegistry) private readonly connections: ConnectionRegistry,
    @Inject(SessionRevocations) private readonly revocations: SessionRevocations,
  ) {}

  onApplicationBootstrap(): void {
    // While the revocations are out of reach nothing is known of any session.
    this.timer = setInterval(() => void this.sweep().catch(() => {}), SWEEP_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async sweep(): Promise<void> {
    for (const connection of [...this.connections.all()]) {
      const ended = await this.revocations.find(connection.principal.sessionId);
      if (ended) connection.close(ended, ended === 'DEVICE_REPLACED' ? 'stop' : 'login');
    }
  }
}
