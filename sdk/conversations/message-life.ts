import { LIMITS } from '../../src/protocol/limits.js';
import type { BurnReason, LogEntry, MemberReceipt, SendResult } from '../../src/protocol/payloads/chat.payloads.js';
import type { MessageRecord, MessageState } from '../store/records.js';

/** Ids of what was burned are kept to recognise repetitions, twice as long as any message can live. */
export const TOMBSTONE_MS = 2 * LIMITS.messageLifeMs;
/** A message that was not accepted within an hour is not sent any more. */
export const QUEUE_LIFE_MS = LIMITS.messageLifeMs;

const ALIVE: readonly MessageState[] = ['queued', 'accepted', 'delivered', 'read'];
export const isAlive = ({ state }: MessageRecord): boolean => ALIVE.includes(state);

/** An incoming message burns before its time only because it was read, here or elsewhere. */
export const wasRead = ({ readAt, state }: MessageRecord): boolean => readAt !== undefined || state === 'burned';

export type OwedReceipt = NonNullable<MessageRecord['owedReceipts']>[number];

/** A server cannot lengthen a life: whatever it says, an hour after it says to have accepted, or after now, is the end. */
export function clampedBurnAt(burnAt: number, acceptedAt: number, now: number): number {
  return Math.min(burnAt, Math.min(acceptedAt, now) + LIMITS.messageLifeMs);
}

export function accepted(message: MessageRecord, answer: Omit<SendResult, 'duplicate'>, now: number): MessageRecord {
  const { incarnation, seq, acceptedAt } = answer;
  const limits = [clampedBurnAt(answer.burnAt, acceptedAt, now), message.burnAt, message.notAfter];
  const burnAt = earliest(limits);
  const state = message.state === 'queued' || message.state === 'failed' ? 'accepted' : message.state;
  const { failure: _, ...rest } = message;
  return { ...rest, state, incarnation, seq, acceptedAt: message.acceptedAt ?? acceptedAt, burnAt };
}

/** Brings a receipt or the server's own entry of a message in. Never goes back a state. */
export function withReceipts(
  message: MessageRecord,
  entry: Pick<LogEntry, 'deliveredAt' | 'readAt' | 'burnAt' | 'receipts'>,
): MessageRecord {
  let next: MessageRecord = { ...message, burnAt: earliest([message.burnAt, entry.burnAt]) };
  if (message.receipts && entry.receipts) next = { ...next, receipts: merged(message.receipts, entry.receipts) };
  // What can be delivered is not needed to be sent again.
  if (entry.deliveredAt !== undefined || entry.readAt !== undefined) {
    const { envelope: _, ...rest } = next;
    next = { ...rest, deliveredAt: next.deliveredAt ?? entry.deliveredAt ?? (entry.readAt as number) };
    if (next.state === 'accepted') next = { ...next, state: 'delivered' };
  }
  if (entry.readAt !== undefined) next = { ...next, state: 'read', readAt: next.readAt ?? entry.readAt };
  return next;
}

/** One recipient in a group has it. The message is delivered, and read, when that is true of all who are still there. */
export function withMemberReceipt(
  message: MessageRecord,
  receipt: MemberReceipt & Pick<LogEntry, 'burnAt'>,
  members: readonly string[],
): MessageRecord {
  const { burnAt, ...own } = receipt;
  const receipts = merged(message.receipts ?? [], [own]);
  const counted = receipts.filter(({ userId }) => members.includes(userId));
  const lastOf = (time: 'deliveredAt' | 'readAt'): number | undefined => {
    const times = counted.flatMap((one) => one[time] ?? []);
    return times.length === counted.length ? Math.max(...times) : undefined;
  };
  const [deliveredAt, readAt] = counted.length === 0 ? [] : [lastOf('deliveredAt'), lastOf('readAt')];
  return withReceipts(
    { ...message, receipts },
    { burnAt, ...(deliveredAt !== undefined && { deliveredAt }), ...(readAt !== undefined && { readAt }) },
  );
}

/** Read on this device: burns after the stricter of the message's and the conversation's time. */
export function readHere(message: MessageRecord, conversationSeconds: number, now: number): MessageRecord {
  const seconds = Math.min(message.burnAfterReadSeconds, conversationSeconds);
  return {
    ...message,
    state: 'read',
    readAt: now,
    burnAt: earliest([message.burnAt, now + seconds * 1_000]),
    owedReceipts: owing(message, 'read'),
  };
}

export function owing(message: MessageRecord, ...receipts: readonly OwedReceipt[]): readonly OwedReceipt[] {
  return [...new Set([...(message.owedReceipts ?? []), ...receipts])];
}

/** Nothing of the text is left; the id and what is owed to the server stay for a while. */
export function burned(message: MessageRecord, reason: BurnReason, now: number): MessageRecord {
  const { id, conversationId, direction, senderId, order, queuedAt, incarnation, seq, owedReceipts } = message;
  const isExpired = reason === 'expired' && message.readAt === undefined;
  return {
    id,
    conversationId,
    direction,
    senderId,
    order,
    queuedAt,
    state: message.state === 'failed' ? 'failed' : isExpired ? 'expired' : 'burned',
    burnAfterReadSeconds: message.burnAfterReadSeconds,
    forgetAt: now + TOMBSTONE_MS,
    ...(incarnation === undefined ? {} : { incarnation }),
    ...(seq === undefined ? {} : { seq }),
    ...(owedReceipts === undefined ? {} : { owedReceipts }),
    ...(message.state === 'unreadable' && { unopened: true }),
    ...(message.replaces === undefined ? {} : { replaces: message.replaces }),
    ...(message.failure === undefined ? {} : { failure: message.failure }),
  };
}

/** When something has to happen to this record. */
export function dueAt(message: MessageRecord): number {
  if (message.forgetAt !== undefined) return message.forgetAt;
  return message.burnAt ?? message.queuedAt + QUEUE_LIFE_MS;
}

/** What a record that is due becomes; undefined: nothing is left of it. */
export function afterDue(message: MessageRecord, now: number): MessageRecord | undefined {
  if (message.forgetAt !== undefined) return undefined;
  if (message.state === 'queued' && message.acceptedAt === undefined) {
    return burned({ ...message, state: 'failed', failure: { code: 'MESSAGE_EXPIRED' } }, 'expired', now);
  }
  return burned(message, 'expired', now);
}

/** Accepted ones in the order of the log, then those that wait. */
export function byPlace(left: MessageRecord, right: MessageRecord): number {
  return (
    (left.acceptedAt ?? Infinity) - (right.acceptedAt ?? Infinity) ||
    (left.seq ?? Infinity) - (right.seq ?? Infinity) ||
    left.order - right.order ||
    0
  );
}

function earliest(times: readonly (number | undefined)[]): number {
  return Math.min(...times.filter((time) => time !== undefined));
}

/** Times that are known are kept; who is no recipient is passed over. Who has read it has it. */
function merged(known: readonly MemberReceipt[], news: readonly MemberReceipt[]): readonly MemberReceipt[] {
  return known.map((receipt) => {
    const told = news.find(({ userId }) => userId === receipt.userId);
    const readAt = receipt.readAt ?? told?.readAt;
    const deliveredAt = receipt.deliveredAt ?? told?.deliveredAt ?? readAt;
    return {
      userId: receipt.userId,
      ...(deliveredAt !== undefined && { deliveredAt }),
      ...(readAt !== undefined && { readAt }),
    };
  });
}
