import { sha512 } from '@noble/hashes/sha2.js';
import { decodeBase64Url, encodeBase64Url } from './base64url.js';

/**
 * Safety numbers: what two people compare to know that nobody sits between them. After Signal's numeric fingerprint,
 * version 2 (libsignal `rust/protocol/src/fingerprint.rs`; "Safety number updates", signal.org/blog/safety-number-updates):
 * SHA-512 iterated 5,200 times per side, 30 digits a side, the smaller side first, so that both see the same 60 digits.
 * The identity is a user id and its Ed25519 identity key, not a phone number.
 */
export interface SafetyIdentity {
  readonly userId: string;
  /** base64url, 32 bytes. */
  readonly identityKey: string;
}

const ITERATIONS = 5200;
const VERSION = Uint8Array.of(0, 0);
const QR_PREFIX = 'ashwire:safety/1/';

/** 60 digits in 12 groups of 5, the same for both sides. Takes some tens of milliseconds: compute it once per view. */
export function safetyNumberOf(one: SafetyIdentity, other: SafetyIdentity): string {
  const sides = [one, other].map((identity) => digitsOf(fingerprintOf(identity))).sort();
  return (sides.join('').match(/\d{5}/g) ?? []).join(' ');
}

/** The iterated hash of one side. Exported for the published vectors, whose keys have a type byte in front. */
export function fingerprintBytes(identityKey: Uint8Array, stableId: Uint8Array): Uint8Array {
  let hash: Uint8Array = sha512(Uint8Array.of(...VERSION, ...identityKey, ...stableId, ...identityKey));
  for (let round = 1; round < ITERATIONS; round++) hash = sha512(Uint8Array.of(...hash, ...identityKey));
  return hash;
}

/** 30 digits: six times five bytes, modulo 100,000. */
export function digitsOf(fingerprint: Uint8Array): string {
  const view = new DataView(fingerprint.buffer, fingerprint.byteOffset, fingerprint.byteLength);
  return Array.from({ length: 6 }, (_, group) => {
    const chunk = view.getUint8(group * 5) * 2 ** 32 + view.getUint32(group * 5 + 1);
    return String(chunk % 100_000).padStart(5, '0');
  }).join('');
}

/** The text of the QR code that `own` shows to `peer`: both user ids and 32 bytes of both fingerprints. */
export function encodeSafetyQr(own: SafetyIdentity, peer: SafetyIdentity): string {
  return QR_PREFIX + [own.userId, peer.userId, shortPrint(own), shortPrint(peer)].join('/');
}

/**
 * What a scan says. `other-people`: a code of another pair of accounts, or not one of ours; the wrong code was scanned.
 * `changed-key`: the right people, but one side has another key than this device believes; do not trust the chat.
 */
export type SafetyQrResult = 'match' | 'changed-key' | 'other-people';

/** Compares a scanned text with what this device believes about itself (`own`) and the one who shows the code (`peer`). */
export function compareSafetyQr(scanned: string, own: SafetyIdentity, peer: SafetyIdentity): SafetyQrResult {
  if (!scanned.startsWith(QR_PREFIX)) return 'other-people';
  const [theirId, ownId, theirPrint, ownPrint, ...rest] = scanned.slice(QR_PREFIX.length).split('/');
  if (theirId !== peer.userId || ownId !== own.userId || rest.length > 0) return 'other-people';
  return theirPrint === shortPrint(peer) && ownPrint === shortPrint(own) ? 'match' : 'changed-key';
}

function fingerprintOf({ userId, identityKey }: SafetyIdentity): Uint8Array {
  return fingerprintBytes(decodeBase64Url(identityKey), new TextEncoder().encode(userId));
}

function shortPrint(identity: SafetyIdentity): string {
  return encodeBase64Url(fingerprintOf(identity).subarray(0, 32));
}
