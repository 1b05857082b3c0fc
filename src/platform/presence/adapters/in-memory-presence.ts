import { Presence } from '../presence.port.js';

export class InMemoryPresence extends Presence {
  private readonly connections = new Map<string, Set<string>>();

  connected(userId: string, connectionId: string): Promise<boolean> {
    const own = this.connections.get(userId);
    if (own) {
      own.add(connectionId);
      return Promise.resolve(false);
    }
    this.connections.set(userId, new Set([connectionId]));
    return Promise.resolve(true);
  }

  disconnected(userId: string, connectionId: string): Promise<boolean> {
    const own = this.connections.get(userId);
    if (!own?.delete(connectionId) || own.size > 0) return Promise.resolve(false);
    this.connections.delete(userId);
    return Promise.resolve(true);
  }

  listOnline(userIds: readonly string[]): Promise<string[]> {
    return Promise.resolve(userIds.filter((userId) => this.connections.has(userId)));
  }
}
