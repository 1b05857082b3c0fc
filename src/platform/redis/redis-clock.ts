import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../shared/clock.js';
import type { RedisConnections } from './redis-connections.js';

const ASK_EVERY_MS = 1_000;

/** When an answer can have been made, by the steady clock of this process. */
interface Reading {
  readonly askedAt: number;
  readonly answeredAt: number;
  /** What it says, in milliseconds since the epoch. */
  readonly time: number;
}

/**
 * One time for all nodes: that of the primary, asked each second and counted on by a clock that nobody can set. By its own, a
 * node two minutes ahead would burn the others' messages early, and keep what it takes in for too long. Until Redis has
 * answered for the first time it is the machine's.
 */
export class RedisClock extends Clock implements OnApplicationBootstrap, OnApplicationShutdown {
  private offset: number;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly redis: RedisConnections,
    machineTime: () => number = Date.now,
  ) {
    super();
    this.offset = machineTime() - performance.now();
  }

  now(): number {
    return Math.floor(performance.now() + this.offset);
  }

  async onApplicationBootstrap(): Promise<void> {
    this.timer = setInterval(() => void this.ask(), ASK_EVERY_MS).unref();
    await this.redis.onApplicationBootstrap();
    await this.ask();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async ask(): Promise<void> {
    const askedAt = performance.now();
    const answer = await this.redis.commands.run('TIME').catch(() => undefined);
    if (answer === undefined) return;
    const [seconds = 0, micros = 0] = (answer as string[]).map(Number);
    this.offset = agreed(this.offset, {
      askedAt,
      answeredAt: performance.now(),
      time: seconds * 1_000 + micros / 1_000,
    });
  }
}

/**
 * The offset nearest to the present one that the reading allows: it was made at some time between question and answer
 * (F. Cristian, Probabilistic clock synchronization, 1989). So a slow answer moves nothing.
 */
export function agreed(offset: number, { askedAt, answeredAt, time }: Reading): number {
  return Math.min(Math.max(offset, time - answeredAt), time - askedAt);
}
