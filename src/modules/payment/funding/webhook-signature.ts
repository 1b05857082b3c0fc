import { createHmac, timingSafeEqual } from 'node:crypto';

/*
 * Signatures of https://www.standardwebhooks.com (version 1, symmetric): the base64 of HMAC-SHA256 over `id.timestamp.body`,
 * in three headers that go with the body.
 */

export interface SignedMessage {
  /** By their names in lower case, as Node gives them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The bytes as they came. */
  readonly body: Uint8Array;
}

/** How far the signed time may be from ours: what is older is a replay. */
const TOLERANCE_MS = 5 * 60_000;
/** A dot would make `id.timestamp` ambiguous. */
const ID = /^[!-\-/-~]{1,255}$/;
/** More than one while the sender changes its key. */
const MOST_SIGNATURES = 10;

export function webhookHeaders(key: string, id: string, now: number, body: Uint8Array): Record<string, string> {
  const timestamp = String(Math.floor(now / 1_000));
  const signature = `v1,${hmac(key, id, timestamp, body).toString('base64')}`;
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
}

/** The message's id when the holder of the key has signed these bytes within the last minutes, else undefined. */
export function verifiedWebhookId(key: string, { headers, body }: SignedMessage, now: number): string | undefined {
  const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map((name) => headers[`webhook-${name}`]);
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') return undefined;
  if (!ID.test(id) || !/^\d{1,12}$/.test(timestamp)) return undefined;
  if (Math.abs(now - Number(timestamp) * 1_000) > TOLERANCE_MS) return undefined;
  const expected = hmac(key, id, timestamp, body);
  const offered = signatures.split(' ', MOST_SIGNATURES).filter((signature) => signature.startsWith('v1,'));
  return offered.some((signature) => equal(expected, Buffer.from(signature.slice(3), 'base64'))) ? id : undefined;
}

function hmac(key: string, id: string, timestamp: string, body: Uint8Array): Buffer {
  return createHmac('sha256', Buffer.from(key, 'base64')).update(`${id}.${timestamp}.`).update(body).digest();
}

const equal = (one: Buffer, other: Buffer): boolean => one.length === other.length && timingSafeEqual(one, other);
