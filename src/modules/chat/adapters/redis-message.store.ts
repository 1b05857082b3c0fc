import type { RedisScript } from '../../../platform/redis/redis-script.js';
import type { Argument } from '../../../platform/redis/command-batch.js';
import type { RedisConnections } from '../../../platform/redis/redis-connections.js';
import type { ErrorCode } from '../../../protocol/errors.js';
import { LIMITS } from '../../../protocol/limits.js';
import type { BurnReason, LogEntry } from '../../../protocol/payloads/chat.payloads.js';
import type { Clock } from '../../../shared/clock.js';
import { DomainError } from '../../../shared/domain-error.js';
import type { Ids } from '../../../shared/ids.js';
import {
  type Appended,
  type BurnedBatch,
  FenceOutdated,
  type LogOverview,
  type LogPage,
  type LogPosition,
  type MarkedMessage,
  MessageStore,
  type NewMessage,
} from '../ports/message.store.port.js';
import { pairs, RedisDueIndex } from './redis-due.index.js';
import { LogKeys } from './redis-log.keys.js';
import { decodeEntry, encodeEntry } from './redis-message.entry.js';
import { APPEND, BURN, DROP, LIST, MARK, REMOVE, RENEW } from './redis-message.scripts.js';
import { UnreadBytesLimit } from './unread-bytes.limit.js';

type AppendReply = 'REUSED' | 'FENCED' | 'REFUSED' | 'UNREAD' | [string, number, number, number, 0 | 1, number];
type BurnReply = [number, readonly string[], readonly (number | BurnReason)[], readonly number[], number];

/** A page ends beyond it: whoever asked sends no more anyway. */
const PAGE_CHARACTERS = 2 * LIMITS.syncPageCharacters;

/**
 * The store of the tiers with several nodes; nothing of a message is in a file there either. Each method is one script on one
 * conversation, which makes it atomic, and one command. Writes are answered once enough replicas have them; a write that is
 * refused as UNAVAILABLE may have happened, and its retry finds it. Times are this process's, never Redis's.
 */
export class RedisMessageStore extends MessageStore {
  private readonly keys: LogKeys;
  private readonly due: RedisDueIndex;
  private readonly unreadBytes: UnreadBytesLimit;

  constructor(
    private readonly redis: RedisConnections,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly lifeMs: number,
  ) {
    super();
    this.keys = new LogKeys(redis.namespace);
    this.due = new RedisDueIndex(redis, this.keys, clock);
    this.unreadBytes = new UnreadBytesLimit((userId, conversationIds) => this.askUnreadBytes(userId, conversationIds));
  }

  async append(message: NewMessage): Promise<Appended> {
    const { conversationId, clientMessageId, senderId, recipients, ciphertext, epoch } = message;
    const now = this.clock.now();
    const life = now + Math.min(this.lifeMs, LIMITS.messageLifeMs);
    const cap = Math.min(life, message.notAfter ?? life);
    const refusal = refusalOf(message, now) ?? (await this.unreadRefusal(message));
    const reply = (await this.write(APPEND, conversationId, [
      ...[message.fence, encodeEntry(message, now, cap), ciphertext, `s${senderId}:${clientMessageId}`, epoch],
      ...[now, cap, refusal ? 1 : 0, ciphertext.length, ...recipients],
    ])) as AppendReply;
    if (reply === 'REUSED') throw new DomainError('CLIENT_MESSAGE_ID_REUSED');
    if (reply === 'FENCED') throw new FenceOutdated();
    if (reply === 'UNREAD') throw new DomainError('UNREAD_LIMIT');
    if (reply === 'REFUSED') throw refusal ?? new DomainError('INTERNAL');
    const [incarnation, seq, acceptedAt, burnAt, duplicate, version] = reply;
    await this.due.mention({ conversationId, incarnation, version }, burnAt);
    return { incarnation, seq, acceptedAt, burnAt, duplicate: duplicate === 1 };
  }

  async findFence(conversationId: string): Promise<string | null> {
    const reply = await this.redis.commands.run('HMGET', this.keys.log(conversationId), 'f', 'i');
    const [renewed, incarnation] = reply as (string | null)[];
    return (incarnation && (renewed ?? incarnation)) ?? null;
  }

  async openFence(conversationId: string): Promise<string> {
    const { incarnation } = await this.list(conversationId, '', 0, 0);
    return (await this.findFence(conversationId)) ?? incarnation;
  }

  async renewFence(conversationId: string): Promise<void> {
    await this.write(RENEW, conversationId, [this.ids.next()]);
  }

  async list(conversationId: string, viewerId: string, afterSeq: number, limit: number): Promise<LogPage> {
    const args = [this.ids.next(), viewerId, afterSeq, limit, PAGE_CHARACTERS];
    const reply = await this.redis.commands.script(LIST, [this.keys.log(conversationId)], args);
    const [incarnation, headSeq, burnedThrough, ...rest] = reply as [string, number, number, ...string[]];
    const now = this.clock.now();
    const entries: LogEntry[] = [];
    for (let at = 0; at < rest.length; at += 2) {
      const seq = Math.max(afterSeq, burnedThrough) + 1 + entries.length;
      const [json = '', ciphertext = ''] = rest.slice(at, at + 2);
      const message = decodeEntry(seq, json, ciphertext);
      // Redis removes what this process should have by now, going by its clock.
      const isGone = ciphertext === '' && message.isFor(viewerId);
      entries.push(message.toEntry(viewerId, isGone ? Infinity : now));
    }
    return { incarnation, headSeq, burnedThrough, entries };
  }

  async overview(conversationId: string, viewerId: string): Promise<LogOverview> {
    const fields = ['i', 'h', 't', 'a', `u${viewerId}`];
    const found = (await this.redis.commands.run('HMGET', this.keys.log(conversationId), ...fields)) as (
      string | null
    )[];
    const incarnation = found[0] ?? (await this.list(conversationId, viewerId, 0, 0)).incarnation;
    const [headSeq = 0, burnedThrough = 0, lastActivityAt = 0, unread = 0] = found.slice(1).map(Number);
    return { incarnation, headSeq, burnedThrough, unread, lastActivityAt };
  }

  markDelivered(at: LogPosition): Promise<MarkedMessage[]> {
    return this.mark(at, '0');
  }

  markRead(at: LogPosition, sharesRead: boolean): Promise<MarkedMessage[]> {
    return this.mark(at, sharesRead ? '1' : '2');
  }

  async burn(at: LogPosition): Promise<BurnedBatch[]> {
    const { conversationId, incarnation, userId } = at;
    const args = [incarnation, userId, this.clock.now(), ...at.seqs];
    const reply = (await this.write(BURN, conversationId, args)) as BurnReply | [];
    if (reply.length === 0) return [];
    const [version, members, burned, copies, nearest] = reply;
    if (nearest > 0) await this.due.mention({ conversationId, incarnation, version }, nearest);
    const batches: BurnedBatch[] = [];
    if (burned.length > 0) batches.push({ conversationId, incarnation, members, messages: pairs(burned) });
    if (copies.length > 0) {
      const messages = copies.map((seq) => ({ seq, reason: 'read' as const }));
      batches.push({ conversationId, incarnation, members: [userId], messages });
    }
    return batches;
  }

  takeDue(limit: number): Promise<BurnedBatch[]> {
    return this.due.take(limit);
  }

  async dropRecipient(conversationId: string, userId: string): Promise<void> {
    const reply = await this.write(DROP, conversationId, [userId, this.clock.now()]);
    const [incarnation = '', version = 0, nearest = 0] = reply as [string, number, number] | [];
    if (nearest > 0) await this.due.mention({ conversationId, incarnation, version }, nearest);
  }

  async remove(conversationId: string): Promise<void> {
    await this.write(REMOVE, conversationId, []);
  }

  private async mark(at: LogPosition, what: '0' | '1' | '2'): Promise<MarkedMessage[]> {
    const { conversationId, incarnation, userId } = at;
    const args = [incarnation, userId, this.clock.now(), what, ...at.seqs];
    const [version, ...news] = (await this.write(MARK, conversationId, args)) as (number | string)[];
    const marked: MarkedMessage[] = [];
    for (let n = 0; n < news.length; n += 3) {
      marked.push({ seq: news[n] as number, senderId: news[n + 1] as string, burnAt: news[n + 2] as number });
    }
    if (what !== '0' && marked.length > 0) {
      const nearest = Math.min(...marked.map(({ burnAt }) => burnAt));
      await this.due.mention({ conversationId, incarnation, version: version as number }, nearest);
    }
    return marked;
  }

  private async unreadRefusal({
    conversationId,
    recipients,
    ciphertext,
  }: NewMessage): Promise<DomainError | undefined> {
    for (const userId of recipients) {
      if (!(await this.unreadBytes.admits(userId, conversationId, ciphertext.length))) {
        return new DomainError('UNREAD_LIMIT');
      }
    }
    return undefined;
  }

  private async askUnreadBytes(userId: string, conversationIds: readonly string[]): Promise<number[]> {
    const { commands } = this.redis;
    const asked = conversationIds.map((id) => commands.run('HGET', this.keys.log(id), `b${userId}`));
    return (await Promise.all(asked)).map(Number);
  }

  private write(script: RedisScript, conversationId: string, args: readonly Argument[]): Promise<unknown> {
    return this.redis.replicated.script(script, [this.keys.log(conversationId)], args);
  }
}

/** What is wrong with it, unless it is a retry of what was accepted. */
function refusalOf(message: NewMessage, now: number): DomainError | undefined {
  if (message.epoch !== message.currentEpoch) return new DomainError('EPOCH_STALE', { epoch: message.currentEpoch });
  const code: ErrorCode | undefined =
    message.refusal ?? (message.notAfter !== undefined && message.notAfter <= now ? 'MESSAGE_EXPIRED' : undefined);
  return code && new DomainError(code);
}
