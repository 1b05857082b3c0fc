import type { OnApplicationShutdown } from '@nestjs/common';
import type { RedisConnections } from '../../redis/redis-connections.js';
import { RedisScript } from '../../redis/redis-script.js';
import { Presence } from '../presence.port.js';

/** How long a connection counts after the last sign of life of its node. */
const LIFE_MS = 60_000;
const AT_ONCE = 500;

/**
 * By the clock of Redis, not by the nodes': one whose clock is wrong would put everybody offline. KEYS: the connections of one user,
 * by the time until which they count.
 */
const ALIVE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
`;

/** ARGV: life, connections. Returns 1 if there was none before. */
const EXTEND = new RedisScript(`${ALIVE}
local isFirst = redis.call('EXISTS', KEYS[1]) == 0
for n = 2, #ARGV do redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[n]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return isFirst and 1 or 0
`);

/** ARGV: connection. Returns 1 if it was the last. */
const REMOVE = new RedisScript(`${ALIVE}
local removed = redis.call('ZREM', KEYS[1], ARGV[1])
return removed == 1 and redis.call('EXISTS', KEYS[1]) == 0 and 1 or 0
`);

const IS_ONLINE = new RedisScript(`${ALIVE}
return redis.call('EXISTS', KEYS[1])
`);

/**
 * Each node says again and again which connections it holds; what it has not said for a minute is over. So a node that died
 * leaves nobody online, and a Redis that lost everything knows all again within a third of that.
 */
export class RedisPresence extends Presence implements OnApplicationShutdown {
  private readonly own = new Map<string, Set<string>>();
  private readonly heartbeat: NodeJS.Timeout;

  constructor(
    private readonly redis: RedisConnections,
    private readonly lifeMs = LIFE_MS,
  ) {
    super();
    this.heartbeat = setInterval(() => void this.extendAll().catch(() => {}), lifeMs / 3).unref();
  }

  async connected(userId: string, connectionId: string): Promise<boolean> {
    // Known before it is stored: should Redis be away, the heartbeat tells it.
    const own = this.own.get(userId) ?? new Set();
    this.own.set(userId, own.add(connectionId));
    return (await this.extend(userId, [connectionId])) === 1;
  }

  async disconnected(userId: string, connectionId: string): Promise<boolean> {
    const own = this.own.get(userId);
    if (own?.delete(connectionId) && own.size === 0) this.own.delete(userId);
    return (await this.redis.commands.script(REMOVE, [this.key(userId)], [connectionId])) === 1;
  }

  async listOnline(userIds: readonly string[]): Promise<string[]> {
    const { commands } = this.redis;
    const online = await Promise.all(userIds.map((userId) => commands.script(IS_ONLINE, [this.key(userId)], [])));
    return userIds.filter((_, index) => online[index] === 1);
  }

  onApplicationShutdown(): void {
    clearInterval(this.heartbeat);
  }

  private async extendAll(): Promise<void> {
    const all = [...this.own];
    for (let at = 0; at < all.length; at += AT_ONCE) {
      const some = all.slice(at, at + AT_ONCE).filter(([, connectionIds]) => connectionIds.size > 0);
      await Promise.all(some.map(([userId, connectionIds]) => this.extend(userId, [...connectionIds])));
    }
  }

  private extend(userId: string, connectionIds: readonly string[]): Promise<unknown> {
    return this.redis.commands.script(EXTEND, [this.key(userId)], [this.lifeMs, ...connectionIds]);
  }

  private key(userId: string): string {
    return `${this.redis.namespace}presence:${userId}`;
  }
}
