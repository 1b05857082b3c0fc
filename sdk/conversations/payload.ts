import { AshwireError } from '../ashwire-error.js';
import { CryptoError } from '../crypto/crypto-error.js';
import { MAX_PAYLOAD_BYTES } from '../crypto/padding.js';

/** What is inside a sealed message. */
export interface TextPayload {
  readonly type: 'text';
  readonly text: string;
  /** The id under which this was sent before, in a session that is gone. */
  readonly replaces?: string;
}

/** Room for `replaces`, so that whatever was accepted from the user can be sent again. */
const RESERVED_BYTES = 64;

/** @throws AshwireError MESSAGE_TOO_LONG, BAD_REQUEST for an empty text. */
export function encodePayload(payload: TextPayload): Uint8Array {
  if (payload.text === '') throw new AshwireError('BAD_REQUEST', {}, { message: 'A message needs a text.' });
  const bytes = new TextEncoder().encode(JSON.stringify(payload));
  const limit = payload.replaces === undefined ? MAX_PAYLOAD_BYTES - RESERVED_BYTES : MAX_PAYLOAD_BYTES;
  if (bytes.length > limit) throw new AshwireError('MESSAGE_TOO_LONG');
  return bytes;
}

/** @throws CryptoError BAD_MESSAGE for what this version does not know. */
export function decodePayload(bytes: Uint8Array): TextPayload {
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Partial<TextPayload> | null;
    const { type, text, replaces } = value ?? {};
    if (type !== 'text' || typeof text !== 'string') throw new RangeError('an unknown payload');
    return typeof replaces === 'string' ? { type, text, replaces } : { type, text };
  } catch (error) {
    throw new CryptoError('BAD_MESSAGE', 'the payload is not one that this client knows', { cause: error });
  }
}
