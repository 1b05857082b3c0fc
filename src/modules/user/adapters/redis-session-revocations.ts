import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { RedisConnections } from '../../../platform/redis/redis-connections.js';
import { RedisScript } from '../../../platform/redis/redis-script.js';
import type { Signals } from '../../../platform/signals/signals.port.js';
import type { Clock } from '../../../shared/clock.js';
import { ExpiringMap } from '../domain/expiring-map.js';
import { SessionRevocations } from '../ports/session-revocations.port.js';
import type { SessionEnd } from '../ports/session.store.port.js';

const POLL_MS = 1_000;
const REVOKED = 'session-revoked';
/** A node that has not heard from Redis for so long asks first, and without an answer lets nobody in. */
const STALE_MS = 4_000;
/** Looked at again each time: the clock of a primary that has just taken over may be behind the one before. */
const OVERLAP_MS = 60_000;

const TIME = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** KEYS: what was revoked, by the time of Redis. ARGV: for how long it counts, <why>:<session> of each. */
const REVOKE = new RedisScript(`${TIME}
for n = 2, #ARGV do redis.call('ZADD', KEYS[1], now, ARGV[n]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[1] - ${OVERLAP_MS})
return redis.call('PEXPIRE', KEYS[1], ARGV[1] + ${OVERLAP_MS})
`);

/** ARGV: when it was asked last. Returns the time, then what was revoked since. */
const RECENT = new RedisScript(`${TIME}
return { now, redis.call('ZRANGE', KEYS[1], ARGV[1] - ${OVERLAP_MS}, '+inf', 'BYSCORE') }
`);

/**
 * Every node keeps all revocations in memory and asks each second for the new ones: nothing is missed by who was away for a
 * moment, as a signal would be, which comes as well: who is told of it by that cannot come back. What this node revokes it knows at
 * once; a Redis that is away is told later.
 */
export class RedisSessionRevocations extends SessionRevocations implements OnApplicationShutdown {
  private readonly logger = new Logger(RedisSessionRevocations.name);
  private readonly revoked: ExpiringMap<SessionEnd>;
  private readonly untold = new Set<string>();
  private readonly timer: NodeJS.Timeout;
  private askedAt = -Infinity;
  private redisTime = 0;
  private asking: Promise<void> | undefined;

  constructor(
    private readonly redis: RedisConnections,
    private readonly clock: Clock,
    private readonly accessTokenMs: number,
    private readonly signals: Signals,
  ) {
    super();
    signals.on(REVOKED, (entry) => this.take(entry));
    this.revoked = new ExpiringMap(clock, Number.POSITIVE_INFINITY);
    this.timer = setInterval(() => void this.refresh().catch(() => {}), POLL_MS).unref();
  }

  async revoke(sessionId: string, why: SessionEnd): Promise<void> {
    const entry = `${why}:${sessionId}`;
    this.untold.add(entry);
    this.signals.send(REVOKED, entry);
    await this.tell().catch(() => this.logger.warn('A revocation waits for Redis'));
  }

  async find(sessionId: string): Promise<SessionEnd | null> {
    if (performance.now() - this.askedAt > STALE_MS) await this.refresh();
    return this.revoked.get(sessionId) ?? null;
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private refresh(): Promise<void> {
    return (this.asking ??= this.exchange().finally(() => (this.asking = undefined)));
  }

  private async exchange(): Promise<void> {
    if (this.untold.size > 0) await this.tell().catch(() => {});
    const startedAt = performance.now();
    const reply = await this.redis.commands.script(RECENT, [this.key], [this.redisTime]);
    const [redisTime, recent] = reply as [number, string[]];
    for (const entry of recent) this.take(entry);
    this.redisTime = redisTime;
    this.askedAt = startedAt;
  }

  private async tell(): Promise<void> {
    const entries = [...this.untold];
    await this.redis.replicated.script(REVOKE, [this.key], [this.accessTokenMs, ...entries]);
    for (const entry of entries) this.untold.delete(entry);
  }

  private take(entry: string): void {
    const colon = entry.indexOf(':');
    const sessionId = entry.slice(colon + 1);
    if (this.revoked.get(sessionId)) return;
    this.revoked.set(sessionId, entry.slice(0, colon) as SessionEnd, this.clock.now() + this.accessTokenMs);
  }

  private get key(): string {
    return `${this.redis.namespace}revocations`;
  }
}
