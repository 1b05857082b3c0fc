import type { Connection } from './connection.js';

const NONE: ReadonlySet<Connection> = new Set();

/** The connections of this process, by user. */
export class ConnectionRegistry {
  private readonly byUser = new Map<string, Set<Connection>>();

  add(connection: Connection): void {
    const own = this.byUser.get(connection.userId);
    if (own) own.add(connection);
    else this.byUser.set(connection.userId, new Set([connection]));
  }

  remove(connection: Connection): void {
    const own = this.byUser.get(connection.userId);
    if (own?.delete(connection) && own.size === 0) this.byUser.delete(connection.userId);
  }

  /** Oldest first. */
  ofUser(userId: string): ReadonlySet<Connection> {
    return this.byUser.get(userId) ?? NONE;
  }

  *all(): Iterable<Connection> {
    for (const connections of this.byUser.values()) yield* connections;
  }
}
