import { setImmediate as endOfTurn, setTimeout as wait } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Command, type Redis } from 'ioredis';
import { DomainError } from '../../shared/domain-error.js';
import type { RedisScript } from './redis-script.js';

export type Argument = string | number;

interface Waiting {
  readonly name: string;
  readonly args: readonly Argument[];
  /** To be sent in full once if this server does not have it yet. */
  readonly script?: RedisScript;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: DomainError) => void;
}

/** More than any node has under way; beyond it Redis is too slow to catch up, and memory is what would grow. */
const CAPACITY = 20_000;
const PER_BATCH = 500;
const WAIT_MS = 1_000;
/**
 * Under load what comes within this time goes together: at 2,000 messages a second that saves a fifth of what a message costs the
 * nodes and Redis (docs/performance.md). A connection that had less to do sends at once, so many times.
 */
const EXCHANGE_EVERY_MS = 2;
const EXCHANGES_AT_ONCE = 5;
const REPORT_EVERY_MS = 10_000;

/**
 * Sends what one turn of the event loop asks for as one pipeline, and what is asked meanwhile as the next one; not more than
 * one in {@link EXCHANGE_EVERY_MS}, in the long run. With
 * `minReplicas`, one WAIT at the end of each pipeline holds for all its writes, and nothing is answered before it. A refusal
 * (UNAVAILABLE) leaves open whether the command took effect.
 */
export class CommandBatch {
  private readonly logger = new Logger(CommandBatch.name);
  private waiting: Waiting[] = [];
  private isBusy = false;
  private nextAt = -Infinity;
  private reportedAt = -Infinity;

  constructor(
    private readonly redis: Redis,
    private readonly minReplicas: number,
  ) {}

  run(name: string, ...args: Argument[]): Promise<unknown> {
    return this.add(name, args);
  }

  script(script: RedisScript, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    return this.add('EVALSHA', [script.sha, keys.length, ...keys, ...args], script);
  }

  private add(name: string, args: readonly Argument[], script?: RedisScript): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.waiting.length >= CAPACITY) {
        reject(new DomainError('UNAVAILABLE'));
        return;
      }
      this.waiting.push({ name, args, resolve, reject, ...(script && { script }) });
      if (this.isBusy) return;
      this.isBusy = true;
      void this.drain();
    });
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      await this.turn();
      await this.send(this.waiting.splice(0, PER_BATCH));
    }
    this.isBusy = false;
  }

  /** The end of this turn of the event loop, or the next exchange's time. */
  private async turn(): Promise<void> {
    const now = performance.now();
    this.nextAt = Math.max(this.nextAt, now - EXCHANGES_AT_ONCE * EXCHANGE_EVERY_MS) + EXCHANGE_EVERY_MS;
    if (this.nextAt > now) await wait(this.nextAt - now);
    else await endOfTurn();
  }

  private async send(batch: readonly Waiting[]): Promise<void> {
    const replies = await this.exchange(batch);
    const missing = batch.filter(({ script }, index) => script && isMissing(replies[index]));
    batch.forEach((command, index) => {
      if (!missing.includes(command)) answer(command, replies[index]);
    });
    if (missing.length === 0) return;
    const scripts = new Set(missing.map(({ script }) => script as RedisScript));
    for (const { lua } of scripts) await this.redis.script('LOAD', lua).catch(() => undefined);
    const again = await this.exchange(missing);
    missing.forEach((command, index) => answer(command, again[index]));
  }

  /**
   * The replies in order; an Error where there is none, or none that may be passed on. Commands go straight to the connection,
   * held together by its cork: ioredis's own pipeline costs this process twice as much (docs/adr/0014-message-log-in-redis.md).
   */
  private async exchange(batch: readonly Waiting[]): Promise<unknown[]> {
    const { redis } = this;
    const sent: unknown[] = [];
    const { stream } = redis as { stream?: Redis['stream'] };
    stream?.cork();
    for (const { name, args } of batch) sent.push(redis.sendCommand(new Command(name, [...args], AS_TEXT)));
    if (this.minReplicas > 0) sent.push(redis.sendCommand(new Command('WAIT', [this.minReplicas, WAIT_MS])));
    stream?.uncork();
    const replies = (await Promise.allSettled(sent)).map((result) =>
      result.status === 'fulfilled' ? result.value : this.refusal(result.reason as Error),
    );
    if (this.minReplicas > 0 && !(Number(replies.pop()) >= this.minReplicas)) return batch.map(() => NOT_REPLICATED);
    return replies;
  }

  /** The driver's errors carry the command's arguments: a message may be among them, so only the text goes on. */
  private refusal({ name, message }: Error): Error {
    const isNews = name === 'ReplyError' && performance.now() - this.reportedAt > REPORT_EVERY_MS;
    if (isNews && !message.startsWith('NOSCRIPT')) {
      this.reportedAt = performance.now();
      this.logger.error(`Redis refuses: ${message.replace(/, with args .*/s, '')}`);
    }
    return new Error(message);
  }
}

const NOT_REPLICATED = new Error('fewer replicas than asked for have it');

const AS_TEXT = { replyEncoding: 'utf8' } as const;

const isMissing = (reply: unknown): boolean => reply instanceof Error && reply.message.startsWith('NOSCRIPT');

function answer({ resolve, reject }: Waiting, reply: unknown): void {
  if (reply instanceof Error || reply === undefined) reject(new DomainError('UNAVAILABLE'));
  else resolve(reply);
}
