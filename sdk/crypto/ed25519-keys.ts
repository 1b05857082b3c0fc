import { ed25519 } from '@noble/curves/ed25519.js';
import { decodeBase64Url, encodeBase64Url } from './base64url.js';

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** Keys that were found sound: asked with every signature of the same few people, and each answer takes a millisecond. */
const sound = new Set<string>();
const REMEMBERED = 256;

/**
 * Whoever holds an Ed25519 private key and signs with it. A port, so that a browser can hold a CryptoKey that no script can
 * export; the signer that lives in memory is `IdentityKey`.
 */
export interface Signer {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/**
 * Whether 32 bytes are a public key that binds a signature to one holder: canonical, on the curve, and in the prime-order
 * group. Keys of low order (all zeros among them) verify signatures that nobody made.
 */
export function isSoundPublicKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== KEY_BYTES) return false;
  const encoded = encodeBase64Url(publicKey);
  if (sound.has(encoded)) return true;
  try {
    const point = ed25519.Point.fromBytes(publicKey, false);
    if (point.isSmallOrder() || !point.isTorsionFree()) return false;
  } catch {
    return false;
  }
  if (sound.size >= REMEMBERED) sound.clear();
  sound.add(encoded);
  return true;
}

/** RFC 8032 verification (not ZIP-215's looser one), with sound keys only. Never throws: what is malformed is false. */
export function verifySignature(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES || !isSoundPublicKey(publicKey)) return false;
  try {
    return ed25519.verify(signature, bytes, publicKey, { zip215: false });
  } catch {
    return false;
  }
}

/** Like {@link verifySignature}, for base64url keys and signatures as they cross the wire. */
export function verifyEncodedSignature(publicKey: string, bytes: Uint8Array, signature: string): boolean {
  try {
    return verifySignature(decodeBase64Url(publicKey), bytes, decodeBase64Url(signature));
  } catch {
    return false;
  }
}
