import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import type { AshwireConfig } from '../../config/config.schema.js';
import { CONFIG } from '../../config/config.token.js';
import type { Connection } from './connection.js';
import { ConnectionEvents } from './connection-events.js';
import { ConnectionGate } from './connection-gate.js';
import { ConnectionRegistry } from './connection-registry.js';

/** Who asks without an end is not waited for. */
const ANSWERS_WITHIN_MS = 2_000;
const LOOK_EVERY_MS = 20;
/** Who does not read is not waited for either. */
const WRITTEN_WITHIN_MS = 1_000;

/**
 * A stopping process takes no new connections and sends the open ones elsewhere, each at its own moment of the window, so that
 * the nodes that stay do not get them as one wave. HTTP is served until the last one is gone.
 */
@Injectable()
export class ConnectionDrain implements BeforeApplicationShutdown {
  constructor(
    @Inject(CONFIG) private readonly config: AshwireConfig,
    @Inject(ConnectionGate) private readonly gate: ConnectionGate,
    @Inject(ConnectionRegistry) private readonly connections: ConnectionRegistry,
    @Inject(ConnectionEvents) private readonly events: ConnectionEvents,
  ) {}

  get isDraining(): boolean {
    return this.gate.isShut;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.gate.shut();
    const open = [...this.connections.all()];
    const share = this.config.drain.windowMs / open.length;
    await Promise.all(open.map((connection, index) => this.leave(connection, share * (index + Math.random()))));
    // Those that had logged in and were not open yet.
    await Promise.all([...this.connections.all()].map(close));
    await this.events.settled();
  }

  /** What the client has asked before is answered first. */
  private async leave(connection: Connection, afterMs: number): Promise<void> {
    if (afterMs >= 1) await pause(afterMs);
    for (const giveUpAt = performance.now() + ANSWERS_WITHIN_MS; connection.busy && performance.now() < giveUpAt;) {
      await pause(LOOK_EVERY_MS);
    }
    await close(connection);
  }
}

/** Resolves when it is written: what stops afterwards ends sockets with what they still have to say. */
async function close(connection: Connection): Promise<void> {
  const written = connection.caughtUp();
  connection.close('SHUTTING_DOWN', 'reconnect');
  await Promise.race([written, pause(WRITTEN_WITHIN_MS)]);
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
