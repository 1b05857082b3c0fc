import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import type { AshwireConfig } from '../../config/config.schema.js';
import { redisPorts } from '../../config/impossible-pairs.js';
import { DomainError } from '../../shared/domain-error.js';
import { CommandBatch } from './command-batch.js';
import { redisOptions, sentinelOptions } from './redis-options.js';
import { SentinelWatch } from './sentinel-watch.js';

const START_WITHIN_MS = 10_000;
/** For so long after a failover a Sentinel may still name the old primary. */
const SWITCHING_MS = 10_000;

/**
 * The connections of one process to Redis, each made at its first use; a tier without Redis has none. They come back by
 * themselves, after a failover with the new primary; until then whatever is asked is refused as UNAVAILABLE.
 */
export class RedisConnections implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(RedisConnections.name);
  private readonly opened: Redis[] = [];
  private watch: SentinelWatch | undefined;
  private switched = { primary: '', until: 0 };
  private plain: Redis | undefined;
  private plainBatch: CommandBatch | undefined;
  private replicatedBatch: CommandBatch | undefined;

  constructor(private readonly config: Pick<AshwireConfig, 'redis' | 'secrets' | 'adapters'>) {}

  /** Starts every key of ours. */
  get namespace(): string {
    return this.config.redis?.namespace ?? '';
  }

  /** For libraries that want a connection; everything else goes through a batch. */
  get client(): Redis {
    return (this.plain ??= this.open());
  }

  /** Reads, and writes that a failover may undo. */
  get commands(): CommandBatch {
    return (this.plainBatch ??= new CommandBatch(this.client, 0));
  }

  /**
   * Writes that are answered only once enough replicas have them. On a connection of its own: WAIT holds back whatever comes
   * after it.
   */
  get replicated(): CommandBatch {
    return (this.replicatedBatch ??= new CommandBatch(this.open(), this.config.redis?.minReplicas ?? 0));
  }

  /** One more connection, closed with the others. */
  open(): Redis {
    const redis = new Redis(redisOptions(this.config));
    this.opened.push(redis);
    this.watch ??= new SentinelWatch(sentinelOptions(this.config), this.config.redis?.sentinelName ?? '', (primary) => {
      this.switched = { primary, until: performance.now() + SWITCHING_MS };
      for (const each of this.opened) this.leaveOld(each);
    });
    let isKnownLost = false;
    redis.on('error', ({ message }: Error) => {
      if (!isKnownLost) this.logger.warn(`Redis is out of reach: ${message}`);
      isKnownLost = true;
    });
    redis.on('ready', () => {
      if (isKnownLost) this.logger.log('Redis is back');
      isKnownLost = false;
      this.leaveOld(redis);
    });
    return redis;
  }

  /** UNAVAILABLE while a connection in use does not answer. */
  async ping(): Promise<void> {
    if (this.opened.some(({ status }) => status !== 'ready')) throw new DomainError('UNAVAILABLE');
    if (this.plain) await this.commands.run('PING');
  }

  /** Nobody is let in before the first connections work, unless that takes too long: then the node is up and not ready. */
  async onApplicationBootstrap(): Promise<void> {
    if (redisPorts(this.config.adapters).length === 0) return;
    const inUse = [this.commands, this.replicated];
    const giveUpAt = Date.now() + START_WITHIN_MS;
    while (!(await areAnswering(inUse)) && Date.now() < giveUpAt) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** After what was asked before is answered. */
  async onApplicationShutdown(): Promise<void> {
    const inUse = [this.plainBatch, this.replicatedBatch].flatMap((batch) => batch ?? []);
    await Promise.allSettled(inUse.map((batch) => batch.run('PING')));
    this.watch?.close();
    for (const redis of this.opened) redis.disconnect();
  }

  /** One that is not ready yet is about to ask the Sentinels anyway, and ioredis gives it up for ever when it is told to then. */
  private leaveOld(redis: Redis): void {
    const { primary, until } = this.switched;
    if (redis.status !== 'ready' || performance.now() > until) return;
    const { remoteAddress, remotePort } = redis.stream;
    if (`${remoteAddress}:${remotePort}` !== primary) redis.disconnect(true);
  }
}

const areAnswering = (batches: readonly CommandBatch[]): Promise<boolean> =>
  Promise.all(batches.map((batch) => batch.run('PING'))).then(
    () => true,
    () => false,
  );
