import type { Connection } from '../../socket/connection.js';
import type { ConnectionRegistry } from '../../socket/connection-registry.js';

/** A client that comes back costs some milliseconds until it has synchronised. */
const EVERY_MS = 10;

/**
 * Sends clients away to come back, one after the other: with the new connection they synchronise, and have whatever was pushed
 * and lost.
 */
export class ConnectionRenewal {
  private readonly due = new Set<Connection>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly connections: ConnectionRegistry) {}

  add(connections: Iterable<Connection>): void {
    for (const connection of connections) this.due.add(connection);
    if (this.due.size > 0) this.timer ??= setInterval(() => this.renewNext(), EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.due.clear();
  }

  private renewNext(): void {
    const [next] = this.due;
    if (!next) return this.stop();
    this.due.delete(next);
    if (this.connections.ofUser(next.userId).has(next)) next.close('UNAVAILABLE', 'reconnect');
  }
}
