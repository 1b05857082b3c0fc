import QuickLRU from 'quick-lru';
import type { RedisConnections } from '../../../platform/redis/redis-connections.js';
import type { BurnReason } from '../../../protocol/payloads/chat.payloads.js';
import type { Clock } from '../../../shared/clock.js';
import type { BurnedBatch } from '../ports/message.store.port.js';
import type { LogKeys } from './redis-log.keys.js';
import { CLAIM, REAP, SETTLE } from './redis-due.scripts.js';

/** For so long a mention is left to the reaper that took it, before another one does. */
const LEASE_MS = 10_000;
/** Scripts of other callers get their turn between so many reaped conversations. */
const AT_ONCE = 32;
const MESSAGES_AT_ONCE = 200;
/** Of one index. */
const CLAIMED_AT_ONCE = 64;

export interface LogVersion {
  readonly conversationId: string;
  readonly incarnation: string;
  /** Counts how often the log was reaped. */
  readonly version: number;
}

type Claimed = readonly [conversationId: string, mentions: readonly string[]];

type Reaped = [
  incarnation: string,
  before: number,
  version: number,
  nextAt: number,
  members: readonly string[],
  burned: readonly (number | BurnReason)[],
];

/**
 * Which conversations have something due, and when. The log is the truth; the index mentions it, under the log's version. A
 * mention is made after the log has changed and before that is answered; it goes only after the log was reaped, which gives the
 * log another version, so that whoever changes it from then on mentions it again. So mentions may be stale or double, and none is
 * ever missing.
 */
export class RedisDueIndex {
  /** What this process knows to be mentioned; forgetting costs a second mention. */
  private readonly mentioned = new QuickLRU<string, LogVersion & { readonly at: number }>({ maxSize: 100_000 });

  constructor(
    private readonly redis: RedisConnections,
    private readonly keys: LogKeys,
    private readonly clock: Clock,
  ) {}

  /** Returns when the index, on as many replicas as an answer needs, has the log mentioned at `at` or before. */
  async mention(log: LogVersion, at: number): Promise<void> {
    const { conversationId, incarnation, version } = log;
    const known = this.mentioned.get(conversationId);
    if (known?.incarnation === incarnation && known.version === version && known.at <= at) return;
    const key = this.keys.index(conversationId);
    await this.redis.replicated.run('ZADD', key, 'LT', at, mentionOf(conversationId, version));
    this.mentioned.set(conversationId, { ...log, at });
  }

  /** Burns what is due and returns it, each message to one caller. */
  async take(limit: number): Promise<BurnedBatch[]> {
    const batches: BurnedBatch[] = [];
    try {
      await this.takeInto(batches, limit);
    } catch (error) {
      // What has burned is told of, whatever failed after it.
      if (batches.length === 0) throw error;
    }
    return batches;
  }

  private async takeInto(batches: BurnedBatch[], limit: number): Promise<void> {
    let left = limit;
    while (left > 0) {
      const claimed = [...(await this.claim(left))];
      if (claimed.length === 0) return;
      for (let at = 0; at < claimed.length; at += AT_ONCE) {
        const turn = claimed.slice(at, at + AT_ONCE);
        const share = Math.max(1, Math.floor(left / turn.length));
        const results = await Promise.allSettled(turn.map((each, n) => this.reap(each, n < left ? share : 0)));
        const reaped = results.flatMap((result) => (result.status === 'fulfilled' && result.value) || []);
        batches.push(...reaped);
        left -= reaped.reduce((sum, { messages }) => sum + messages.length, 0);
        const failed = results.find((result) => result.status === 'rejected');
        if (failed) throw failed.reason;
      }
    }
  }

  /** The mentions that are due, by conversation. */
  private async claim(limit: number): Promise<Map<string, string[]>> {
    const now = this.clock.now();
    const claims = this.keys
      .indexes()
      .map((key) => this.redis.commands.script(CLAIM, [key], [now, now + LEASE_MS, Math.min(limit, CLAIMED_AT_ONCE)]));
    const byConversation = new Map<string, string[]>();
    for (const mention of ((await Promise.all(claims)) as string[][]).flat()) {
      const conversationId = mention.slice(0, mention.lastIndexOf('#'));
      const mentions = byConversation.get(conversationId) ?? [];
      mentions.push(mention);
      byConversation.set(conversationId, mentions);
    }
    return byConversation;
  }

  private async reap([conversationId, mentions]: Claimed, limit: number): Promise<BurnedBatch | undefined> {
    const now = this.clock.now();
    if (limit === 0) {
      await this.settle(conversationId, [], now, mentions);
      return undefined;
    }
    const args = [now, Math.min(limit, MESSAGES_AT_ONCE)];
    const reply = (await this.redis.commands.script(REAP, [this.keys.log(conversationId)], args)) as Reaped | [];
    if (reply.length === 0) {
      await this.settle(conversationId, mentions);
      return undefined;
    }
    const [incarnation, before, version, nextAt, members, burned] = reply;
    const next = nextAt > 0 ? [mentionOf(conversationId, version)] : [];
    // A failure here leaves the mentions to the next reaper, which finds nothing.
    await this.settle(conversationId, [...mentions, mentionOf(conversationId, before)], nextAt, next).catch(() => {});
    return burned.length > 0 ? { conversationId, incarnation, members, messages: pairs(burned) } : undefined;
  }

  private async settle(conversationId: string, done: readonly string[], at = 0, next: readonly string[] = []) {
    const args = [at, next.length, ...next, ...done];
    await this.redis.commands.script(SETTLE, [this.keys.index(conversationId)], args);
  }
}

const mentionOf = (conversationId: string, version: number): string => `${conversationId}#${version}`;

export function pairs(flat: readonly (number | BurnReason)[]): BurnedBatch['messages'] {
  const messages: { readonly seq: number; readonly reason: BurnReason }[] = [];
  for (let at = 0; at < flat.length; at += 2) {
    messages.push({ seq: flat[at] as number, reason: flat[at + 1] as BurnReason });
  }
  return messages;
}
