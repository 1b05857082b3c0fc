import type { OnApplicationShutdown } from '@nestjs/common';
import type { RedisConnections } from '../../redis/redis-connections.js';
import { RedisScript } from '../../redis/redis-script.js';
import type { Signals } from '../../signals/signals.port.js';
import { Presence, WHEREABOUTS } from '../presence.port.js';

/** How long a connection counts after the last sign of life of its node. */
const LIFE_MS = 60_000;
const AT_ONCE = 500;
const RETRY_MS = 1_000;
/** Between the node and the connection; ids of ours have none. */
const SEPARATOR = ':';

/**
 * By the clock of Redis, not by the nodes': one whose clock is wrong would put everybody offline. KEYS: the connections of one user,
 * by the time until which they count.
 */
const ALIVE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
`;

/** ARGV: life, connections. Returns whether there was none before, and how many of these were not known. */
const EXTEND = new RedisScript(`${ALIVE}
local isFirst = redis.call('EXISTS', KEYS[1]) == 0
local added = 0
for n = 2, #ARGV do added = added + redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[n]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return { isFirst and 1 or 0, added }
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
 * leaves nobody online, and a Redis that lost some or all knows it again within a third of that, after a failover at once. Other
 * nodes hear by signal which users this node has from now on, or no more.
 */
export class RedisPresence extends Presence implements OnApplicationShutdown {
  private readonly own = new Map<string, Set<string>>();
  private heartbeat: NodeJS.Timeout | undefined;
  private isInDoubt = false;
  private isOver = false;

  constructor(
    private readonly redis: RedisConnections,
    private readonly nodeId: string,
    private readonly signals: Signals,
    private readonly lifeMs = LIFE_MS,
  ) {
    super();
    this.schedule(lifeMs / 3);
    signals.onGap(() => {
      this.isInDoubt = true;
      this.schedule(0);
    });
  }

  async connected(userId: string, connectionId: string): Promise<boolean> {
    // Known before it is stored: should Redis be away, the heartbeat tells it.
    const own = this.own.get(userId) ?? new Set();
    this.own.set(userId, own.add(connectionId));
    // It goes out at the end of the turn, behind what it tells of and in the same pipeline.
    if (own.size === 1) this.signals.send(WHEREABOUTS, userId);
    return (await this.extend(userId, [connectionId])).isFirst;
  }

  async disconnected(userId: string, connectionId: string): Promise<boolean> {
    const own = this.own.get(userId);
    const isLastHere = own?.delete(connectionId) === true && own.size === 0;
    if (isLastHere) this.own.delete(userId);
    if (isLastHere) this.signals.send(WHEREABOUTS, userId);
    return (await this.redis.commands.script(REMOVE, [this.key(userId)], [this.member(connectionId)])) === 1;
  }

  async listOnline(userIds: readonly string[]): Promise<string[]> {
    const { commands } = this.redis;
    const online = await Promise.all(userIds.map((userId) => commands.script(IS_ONLINE, [this.key(userId)], [])));
    return userIds.filter((_, index) => online[index] === 1);
  }

  /** Where each of the users is connected. For a while that may include a node that has died. */
  async nodesOf(userIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const { commands } = this.redis;
    const read = async (userId: string): Promise<[string, string[]]> => {
      const members = (await commands.run('ZRANGE', this.key(userId), 0, -1)) as string[];
      return [userId, [...new Set(members.map((member) => member.slice(0, member.indexOf(SEPARATOR))))]];
    };
    return new Map(await Promise.all(userIds.map(read)));
  }

  onApplicationShutdown(): void {
    this.isOver = true;
    clearTimeout(this.heartbeat);
  }

  private schedule(inMs: number): void {
    clearTimeout(this.heartbeat);
    if (!this.isOver) this.heartbeat = setTimeout(() => void this.beat(), inMs).unref();
  }

  private async beat(): Promise<void> {
    this.isInDoubt = false;
    const isTold = await this.extendAll().then(
      () => true,
      () => false,
    );
    const regular = this.lifeMs / 3;
    this.schedule(isTold && !this.isInDoubt ? regular : Math.min(RETRY_MS, regular));
  }

  private async extendAll(): Promise<void> {
    const all = [...this.own];
    for (let at = 0; at < all.length; at += AT_ONCE) {
      const some = all.slice(at, at + AT_ONCE).filter(([, connectionIds]) => connectionIds.size > 0);
      await Promise.all(
        some.map(async ([userId, connectionIds]) => {
          const { added } = await this.extend(userId, [...connectionIds]);
          if (added > 0) this.signals.send(WHEREABOUTS, userId);
        }),
      );
    }
  }

  private async extend(userId: string, connectionIds: readonly string[]): Promise<{ isFirst: boolean; added: number }> {
    const members = connectionIds.map((connectionId) => this.member(connectionId));
    const reply = await this.redis.commands.script(EXTEND, [this.key(userId)], [this.lifeMs, ...members]);
    const [isFirst, added] = reply as [number, number];
    return { isFirst: isFirst === 1, added };
  }

  private member(connectionId: string): string {
    return this.nodeId + SEPARATOR + connectionId;
  }

  private key(userId: string): string {
    return `${this.redis.namespace}presence:${userId}`;
  }
}
