import { ed25519 } from '@noble/curves/ed25519.js';
import { createPublicKey, verify } from 'node:crypto';
import { decodeBase64url } from './base64url.js';

/**
 * Whether a base64url key binds a signature to one holder: 32 bytes in canonical form, on the curve and in the prime-order
 * group. Keys of low order (all zeros among them) verify signatures that nobody made.
 */
export function isSoundPublicKey(key: string): boolean {
  const bytes = decodeBase64url(key);
  if (bytes?.length !== 32) return false;
  try {
    const point = ed25519.Point.fromBytes(bytes, false);
    return !point.isSmallOrder() && point.isTorsionFree();
  } catch {
    return false;
  }
}

/**
 * Verifies by OpenSSL, 20 times faster than in JavaScript. It takes any key, so `key` must have been found sound before (what
 * is stored is).
 */
export function verifySignature(key: string, bytes: Uint8Array, signature: string): boolean {
  const signatureBytes = decodeBase64url(signature);
  if (signatureBytes?.length !== 64) return false;
  try {
    const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: key } });
    return verify(null, bytes, publicKey, signatureBytes);
  } catch {
    return false;
  }
}
