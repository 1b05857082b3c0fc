import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Ids } from '../../shared/ids.js';
import type { RedisConnections } from '../redis/redis-connections.js';

type Subscriber = ReturnType<RedisConnections['open']>;

const START_WITHIN_MS = 10_000;
/** A subscriber only listens: whether the other end is still there shows when it is asked. */
const HEARTBEAT_MS = 1_000;
const REPORT_EVERY_MS = 10_000;

/**
 * What the nodes of a system say to each other, over Redis: one channel for each node and one for all. At most once, in the order of
 * one sender, and nothing while Redis is away; {@link onGap} says when that may have been so. A process that never listens
 * opens no connection.
 */
export class NodeChannel implements OnApplicationBootstrap, OnApplicationShutdown {
  /** Of this run of the process: what was meant for the one before reaches nobody. */
  readonly nodeId: string;
  private readonly logger = new Logger(NodeChannel.name);
  private readonly handlers = new Map<string, (body: string) => void>();
  private readonly gapHandlers: (() => void)[] = [];
  private subscriber: Subscriber | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private isSubscribed = false;
  private reportedAt = -Infinity;

  constructor(
    private readonly redis: RedisConnections,
    ids: Ids,
  ) {
    this.nodeId = ids.next();
  }

  /** Rejects when it is not known to have reached Redis. Whether that node is there is not asked. */
  toNode(nodeId: string, kind: string, body: string): Promise<void> {
    return this.publish(this.channelOf(nodeId), kind, body);
  }

  toOthers(kind: string, body: string): Promise<void> {
    return this.publish(this.channelOfAll, kind, body);
  }

  /** What comes in was written by whoever can reach Redis: a handler checks it, and may throw. */
  on(kind: string, handler: (body: string) => void): void {
    this.handlers.set(kind, handler);
    this.subscriber ??= this.listen();
  }

  /** It listens again, or for the first time: until now anything may have been missed. */
  onGap(handler: () => void): void {
    this.gapHandlers.push(handler);
  }

  /** Nobody is let in before pushes can reach this node, unless that takes too long. */
  async onApplicationBootstrap(): Promise<void> {
    const giveUpAt = Date.now() + START_WITHIN_MS;
    while (this.subscriber && !this.isSubscribed && Date.now() < giveUpAt) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  onApplicationShutdown(): void {
    clearInterval(this.heartbeat);
  }

  private async publish(channel: string, kind: string, body: string): Promise<void> {
    await this.redis.commands.run('PUBLISH', channel, `${this.nodeId} ${kind}\n${body}`);
  }

  private listen(): Subscriber {
    const subscriber = this.redis.open();
    subscriber.on('ready', () => void this.subscribe(subscriber));
    subscriber.on('message', (_channel: string, message: string) => this.received(message));
    this.heartbeat = setInterval(() => {
      if (subscriber.status === 'ready') subscriber.ping().catch(() => {});
    }, HEARTBEAT_MS).unref();
    return subscriber;
  }

  private async subscribe(subscriber: Subscriber): Promise<void> {
    try {
      await subscriber.subscribe(this.channelOf(this.nodeId), this.channelOfAll);
    } catch {
      // The connection is lost again, or does not answer and is given up: the next one comes here too.
      subscriber.disconnect(true);
      return;
    }
    this.isSubscribed = true;
    for (const handle of this.gapHandlers) this.guarded(handle);
  }

  private received(message: string): void {
    const end = message.indexOf('\n');
    const [from, kind] = message.slice(0, Math.max(0, end)).split(' ');
    if (from === this.nodeId) return;
    const handle = this.handlers.get(kind ?? '');
    // A node of another version may know more kinds.
    if (handle) this.guarded(() => handle(message.slice(end + 1)));
  }

  private guarded(handle: () => void): void {
    try {
      handle();
    } catch (error) {
      if (performance.now() - this.reportedAt < REPORT_EVERY_MS) return;
      this.reportedAt = performance.now();
      // Its message may show what was sent.
      this.logger.error(
        `A message of another node was not understood: ${error instanceof Error ? error.name : 'error'}`,
      );
    }
  }

  private channelOf(nodeId: string): string {
    return `${this.redis.namespace}node:${nodeId}`;
  }

  private get channelOfAll(): string {
    return `${this.redis.namespace}nodes`;
  }
}
