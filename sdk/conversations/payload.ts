import { LIMITS } from '../../src/protocol/limits.js';
import { AshwireError } from '../ashwire-error.js';
import { CryptoError } from '../crypto/crypto-error.js';
import { MAX_PAYLOAD_BYTES } from '../crypto/padding.js';
import { type CardPayload, cardOf, type PaymentCard } from '../payments/payment-card.js';
import type { MessageRecord } from '../store/records.js';
import { anId } from '../transport/shape.js';

export interface TextPayload {
  readonly type: 'text';
  readonly text: string;
  /** User ids of members whom it is meant for, at most five. Nobody but the members learns of it. */
  readonly mentions?: readonly string[];
  /** The id under which this was sent before, in a session that is gone. */
  readonly replaces?: string;
}

/** What is inside a sealed message. */
export type Payload = TextPayload | CardPayload;

type Content = Pick<MessageRecord, 'text' | 'mentions' | 'card'>;

/** Room for `replaces`, so that whatever was accepted from the user can be sent again. */
const RESERVED_BYTES = 64;

/** @throws AshwireError MESSAGE_TOO_LONG, BAD_REQUEST for an empty text. */
export function encodePayload(payload: Payload): Uint8Array {
  const isMessage = payload.type === 'text' ? payload.text !== '' : cardOf(payload) !== undefined;
  if (!isMessage) throw new AshwireError('BAD_REQUEST', {}, { message: 'A message needs a text.' });
  const bytes = new TextEncoder().encode(JSON.stringify(payload));
  const limit = payload.replaces === undefined ? MAX_PAYLOAD_BYTES - RESERVED_BYTES : MAX_PAYLOAD_BYTES;
  if (bytes.length > limit) throw new AshwireError('MESSAGE_TOO_LONG');
  return bytes;
}

/** @throws CryptoError BAD_MESSAGE for what this version does not know. */
export function decodePayload(bytes: Uint8Array): Payload {
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Partial<Payload> | null;
    const { type, replaces } = value ?? {};
    const more = typeof replaces === 'string' ? { replaces } : {};
    if (value?.type === 'text' && typeof value.text === 'string')
      return { type: 'text', text: value.text, ...mentioned(value.mentions), ...more };
    const card = type === 'payment' ? cardOf(value) : undefined;
    if (!card) throw new RangeError('an unknown payload');
    return { type: 'payment', ...card, ...more };
  } catch (error) {
    throw new CryptoError('BAD_MESSAGE', 'the payload is not one that this client knows', { cause: error });
  }
}

/** What a stored message is sealed as; undefined once its content is gone. */
export function payloadOf({
  text,
  mentions,
  card,
  replaces,
}: Content & Pick<MessageRecord, 'replaces'>): Payload | undefined {
  const more = replaces === undefined ? {} : { replaces };
  if (card) return { type: 'payment', ...card, ...more };
  return text === undefined ? undefined : { type: 'text', text, ...mentioned(mentions), ...more };
}

/** What is stored of a payload; of its mentions, those of members. */
export function contentOf(payload: Payload, members: readonly string[] = []): Content {
  return payload.type === 'text'
    ? { text: payload.text, ...mentioned(payload.mentions?.filter((userId) => members.includes(userId))) }
    : { card: cardOf(payload) as PaymentCard };
}

/** Whatever came as mentions, as five ids at most; nothing when there is none. */
function mentioned(value: unknown): { readonly mentions?: readonly string[] } {
  if (!Array.isArray(value)) return {};
  const mentions = [...new Set(value.filter(anId) as string[])].slice(0, LIMITS.groupMembers);
  return mentions.length === 0 ? {} : { mentions };
}
