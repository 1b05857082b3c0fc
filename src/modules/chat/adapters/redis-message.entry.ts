import type { BurnReason } from '../../../protocol/payloads/chat.payloads.js';
import { StoredMessage } from '../domain/stored-message.js';
import { LIMITS } from '../../../protocol/limits.js';
import type { NewMessage } from '../ports/message.store.port.js';

type Flag = 0 | 1;
/** Times are 0 before they are known. */
type Mark = [userId: string, deliveredAt: number, readAt: number, isSilent: Flag, isBurned: Flag, isGone: Flag];
/** Flat: empty lists do not survive Lua's JSON. The scripts count these places from 1. */
type Entry = [
  senderId: string,
  senderDeviceId: string,
  clientMessageId: string,
  epoch: number,
  acceptedAt: number,
  burnAfterReadSeconds: number,
  strictestBurnSeconds: number,
  characters: number,
  cap: number,
  burnAt: number,
  burned: BurnReason | '',
  burnedAt: number,
  isSenderGone: Flag,
  ...marks: (string | number)[],
];
const PLACES_OF_A_MARK = 6;
const PLACES_BEFORE_MARKS = 13;

/** A new message as the log keeps it, without its ciphertext. */
export function encodeEntry(message: NewMessage, acceptedAt: number, cap: number): string {
  const entry: Entry = [
    message.senderId,
    message.senderDeviceId,
    message.clientMessageId,
    message.epoch,
    acceptedAt,
    message.burnAfterReadSeconds,
    message.strictestBurnSeconds,
    message.ciphertext.length,
    cap,
    cap,
    '',
    0,
    0,
  ];
  for (const userId of message.recipients) entry.push(userId, 0, 0, 0, 0, 0);
  return JSON.stringify(entry);
}

/** The message again, by the rules of the domain: what happened to it happens to it anew. */
export function decodeEntry(seq: number, json: string, ciphertext: string): StoredMessage {
  const entry = JSON.parse(json) as Entry;
  const [senderId, senderDeviceId, clientMessageId, epoch, acceptedAt, burnAfterReadSeconds, strictestBurnSeconds] =
    entry;
  const [, , , , , , , , cap, burnAt, burned, burnedAt] = entry;
  const marks = marksOf(entry);
  const recipients = marks.map(([userId]) => userId);
  const sent = { conversationId: '', senderId, senderDeviceId, clientMessageId, epoch, currentEpoch: epoch, fence: '' };
  const message = new StoredMessage(
    seq,
    { ...sent, ciphertext, burnAfterReadSeconds, strictestBurnSeconds, recipients, notAfter: cap },
    acceptedAt,
    LIMITS.messageLifeMs,
  );
  for (const mark of marks) replay(message, mark);
  message.burnAt = burnAt;
  if (burned !== '') message.burn(burned, burnedAt);
  return message;
}

function marksOf(entry: Entry): Mark[] {
  const marks: Mark[] = [];
  for (let at = PLACES_BEFORE_MARKS; at < entry.length; at += PLACES_OF_A_MARK) {
    marks.push(entry.slice(at, at + PLACES_OF_A_MARK) as unknown as Mark);
  }
  return marks;
}

function replay(message: StoredMessage, [userId, deliveredAt, readAt, isSilent, isBurned, isGone]: Mark): void {
  if (deliveredAt > 0) message.markDelivered(userId, deliveredAt);
  if (readAt > 0) message.markRead(userId, readAt, isSilent === 0);
  if (isBurned) message.burnCopyOf(userId, readAt);
  if (isGone) message.drop(userId, readAt);
}
