import { CryptoError } from './crypto-error.js';

/** Lengths that a sealed payload can have: an observer learns one of six sizes, not the length of a text. */
export const PADDED_LENGTHS = [256, 512, 1024, 2048, 4096, 8192] as const;

const PREFIX_BYTES = 4;
export const MAX_PAYLOAD_BYTES = 8192 - PREFIX_BYTES;

/**
 * Length (uint32, big endian), payload, zeros up to the next of {@link PADDED_LENGTHS}.
 * @throws CryptoError `BAD_MESSAGE` when the payload is longer than {@link MAX_PAYLOAD_BYTES}.
 */
export function padPayload(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = PADDED_LENGTHS.find((candidate) => candidate >= payload.length + PREFIX_BYTES);
  if (length === undefined) throw new CryptoError('BAD_MESSAGE', `a payload has at most ${MAX_PAYLOAD_BYTES} bytes`);
  const padded = new Uint8Array(length);
  new DataView(padded.buffer).setUint32(0, payload.length);
  padded.set(payload, PREFIX_BYTES);
  return padded;
}

/**
 * Takes only what {@link padPayload} makes: one of the lengths, the smallest that fits, and nothing but zeros behind.
 * @throws CryptoError `BAD_MESSAGE`.
 */
export function unpadPayload(padded: Uint8Array): Uint8Array<ArrayBuffer> {
  if (!PADDED_LENGTHS.some((length) => length === padded.length)) throw badPadding();
  const length = new DataView(padded.buffer, padded.byteOffset, padded.byteLength).getUint32(0);
  const end = PREFIX_BYTES + length;
  const smallest = PADDED_LENGTHS.find((candidate) => candidate >= end);
  if (smallest !== padded.length || padded.subarray(end).some((byte) => byte !== 0)) throw badPadding();
  return new Uint8Array(padded.subarray(PREFIX_BYTES, end));
}

function badPadding(): CryptoError {
  return new CryptoError('BAD_MESSAGE', 'the payload is not padded as Ashwire does it');
}
