import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import {
  type DeviceCertificate,
  deviceCertificateBytes,
  type KeyHistoryEntry,
  keyHistoryBytes,
  userIdBytes,
} from '../../src/protocol/signing.js';
import { decodeBase64Url, encodeBase64Url } from './base64url.js';
import { CryptoError } from './crypto-error.js';
import { isSoundPublicKey, type Signer, verifyEncodedSignature, verifySignature } from './ed25519-keys.js';
import { recoveryWordsOf, seedOfRecoveryWords } from './recovery-words.js';

/** The account's long-lived Ed25519 key, held in memory. It certifies devices and signs what only the person may do. */
export class IdentityKey implements Signer {
  readonly publicKey: Uint8Array;
  readonly #seed: Uint8Array;

  private constructor(seed: Uint8Array) {
    if (seed.length !== 32) throw new RangeError('an identity seed has 32 bytes');
    this.#seed = seed.slice();
    this.publicKey = ed25519.getPublicKey(this.#seed);
  }

  static generate(): IdentityKey {
    return new IdentityKey(crypto.getRandomValues(new Uint8Array(32)));
  }

  /** @throws RangeError when the seed has not 32 bytes. */
  static fromSeed(seed: Uint8Array): IdentityKey {
    return new IdentityKey(seed);
  }

  /** @throws RecoveryWordsError, which says what is wrong with the words. */
  static fromRecoveryWords(words: string): IdentityKey {
    return new IdentityKey(seedOfRecoveryWords(words));
  }

  sign(bytes: Uint8Array): Promise<Uint8Array> {
    return Promise.resolve(ed25519.sign(bytes, this.#seed));
  }

  /** Whoever reads these 24 words is this person. Show them, store them nowhere. */
  recoveryWords(): string {
    return recoveryWordsOf(this.#seed);
  }

  /** The private key itself: only for the encrypted storage of this device. */
  unsafeSeed(): Uint8Array {
    return this.#seed.slice();
  }

  verify(bytes: Uint8Array, signature: Uint8Array): boolean {
    return verifySignature(this.publicKey, bytes, signature);
  }
}

/** A user id is derived from the first identity key, so that no server can give one person's id to another's key. */
export function userIdOf(firstIdentityKey: string): string {
  return encodeBase64Url(sha256(userIdBytes(firstIdentityKey)).subarray(0, 16));
}

export async function issueDeviceCertificate(
  identity: Signer,
  device: Omit<DeviceCertificate, 'signature'>,
): Promise<DeviceCertificate> {
  const { userId, deviceId, leafKey, createdAt } = device;
  const signature = await identity.sign(deviceCertificateBytes(device));
  return { userId, deviceId, leafKey, createdAt, signature: encodeBase64Url(signature) };
}

/** Whether `identityKey` vouches for this device and its leaf key. That the key is the user's is the caller's pin to know. */
export function verifyDeviceCertificate(certificate: DeviceCertificate, identityKey: string): boolean {
  return (
    isSoundEncodedKey(certificate.leafKey) &&
    verifyEncodedSignature(identityKey, deviceCertificateBytes(certificate), certificate.signature)
  );
}

/** The hash of a history entry: SHA-256 of its bytes, base64url. */
export function keyHistoryHash(userId: string, entry: Omit<KeyHistoryEntry, 'hash' | 'signature'>): string {
  return encodeBase64Url(sha256(keyHistoryBytes(userId, entry)));
}

/** The entry that follows `previous` (or starts the history), signed by the previous key (or by the first key itself). */
export async function issueKeyHistoryEntry(
  signer: Signer,
  userId: string,
  entry: Pick<KeyHistoryEntry, 'identityKey' | 'createdAt'>,
  previous?: KeyHistoryEntry,
): Promise<KeyHistoryEntry> {
  const { identityKey, createdAt } = entry;
  const link = { version: (previous?.version ?? 0) + 1, identityKey, createdAt, previousHash: previous?.hash ?? '' };
  const signature = encodeBase64Url(await signer.sign(keyHistoryBytes(userId, link)));
  return { ...link, hash: keyHistoryHash(userId, link), signature };
}

/**
 * Checks the entire chain: the first key makes the user id and signed itself, versions count from 1, each entry holds the
 * hash of the one before and is signed by its key. Times are not compared: device clocks are wrong at times.
 * @returns the current identity key, base64url.
 * @throws CryptoError `UNTRUSTED_MEMBER` naming the version that does not fit.
 */
export function verifyKeyHistory(userId: string, entries: readonly KeyHistoryEntry[]): string {
  const first = entries[0];
  if (first === undefined || userIdOf(first.identityKey) !== userId) {
    throw new CryptoError('UNTRUSTED_MEMBER', 'the key history does not start with the key that made the user id');
  }
  let previous: KeyHistoryEntry | undefined;
  for (const entry of entries) {
    if (!follows(userId, entry, previous)) {
      throw new CryptoError('UNTRUSTED_MEMBER', `the key history breaks at version ${(previous?.version ?? 0) + 1}`);
    }
    previous = entry;
  }
  return (previous ?? first).identityKey;
}

function follows(userId: string, entry: KeyHistoryEntry, previous: KeyHistoryEntry | undefined): boolean {
  const signer = previous?.identityKey ?? entry.identityKey;
  return (
    entry.version === (previous?.version ?? 0) + 1 &&
    entry.previousHash === (previous?.hash ?? '') &&
    entry.identityKey !== previous?.identityKey &&
    Number.isSafeInteger(entry.createdAt) &&
    entry.hash === keyHistoryHash(userId, entry) &&
    isSoundEncodedKey(entry.identityKey) &&
    verifyEncodedSignature(signer, keyHistoryBytes(userId, entry), entry.signature)
  );
}

function isSoundEncodedKey(encoded: string): boolean {
  try {
    return isSoundPublicKey(decodeBase64Url(encoded));
  } catch {
    return false;
  }
}
