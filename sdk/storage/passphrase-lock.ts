import { argon2idAsync } from '@noble/hashes/argon2.js';
import { StorageError } from './storage-error.js';

/** Of Argon2id: passes over `m` KiB of memory in `p` lanes. */
export interface Argon2idCost {
  readonly t: number;
  readonly m: number;
  readonly p: number;
}

/** A data key as it is stored: only its passphrase opens it. `cost` is of the day on which it was locked. */
export interface LockedKey {
  readonly kdf: 'argon2id';
  readonly cost: Argon2idCost;
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly wrapped: Uint8Array<ArrayBuffer>;
}

/** A data key in use, not extractable, and how it is stored: locked, or as it is. */
export interface MadeKey {
  readonly key: CryptoKey;
  readonly locked?: LockedKey;
}

/** About a second of work for a laptop in 2026. OWASP asks for 19 MiB and two passes at least. */
export const ARGON2ID_COST: Argon2idCost = { t: 2, m: 64 * 1024, p: 1 };
/** What else runs in this thread waits no longer than this at a time. */
const TICK_MS = 50;
const LENGTH = { min: 8, max: 256 };
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const PURPOSE = new TextEncoder().encode('ashwire/data-key/1');
const AES = { name: 'AES-GCM', length: 256 } as const;
const USES: KeyUsage[] = ['encrypt', 'decrypt'];

/** @throws StorageError BAD_PASSPHRASE */
export function requirePassphrase(passphrase: string): void {
  const { length } = [...passphrase.normalize('NFKC')];
  if (length < LENGTH.min || length > LENGTH.max) throw new StorageError('BAD_PASSPHRASE');
}

/** A new data key, locked if there is a passphrase. @throws StorageError BAD_PASSPHRASE */
export async function makeKey(passphrase: string | undefined, cost: Argon2idCost): Promise<MadeKey> {
  if (passphrase === undefined) return { key: await crypto.subtle.generateKey(AES, false, USES) };
  requirePassphrase(passphrase);
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const wrapping = await wrappingKeyOf(passphrase, salt, cost);
  // Only an extractable key can be wrapped. It is never stored, and what is handed out was unwrapped as any later one.
  const bare = await crypto.subtle.generateKey(AES, true, USES);
  const wrapped = new Uint8Array(await crypto.subtle.wrapKey('raw', bare, wrapping, parameters(nonce)));
  const locked: LockedKey = { kdf: 'argon2id', cost, salt, nonce, wrapped };
  return { key: await unwrap(locked, wrapping), locked };
}

/** @throws StorageError WRONG_PASSPHRASE, also for a record that was changed. */
export async function unlockKey(locked: LockedKey, passphrase: string): Promise<CryptoKey> {
  return unwrap(locked, await wrappingKeyOf(passphrase, locked.salt, locked.cost));
}

async function unwrap({ wrapped, nonce }: LockedKey, wrapping: CryptoKey): Promise<CryptoKey> {
  try {
    return await crypto.subtle.unwrapKey('raw', wrapped, wrapping, parameters(nonce), AES, false, USES);
  } catch (error) {
    throw new StorageError('WRONG_PASSPHRASE', undefined, { cause: error });
  }
}

async function wrappingKeyOf(passphrase: string, salt: Uint8Array, { t, m, p }: Argon2idCost): Promise<CryptoKey> {
  const typed = new TextEncoder().encode(passphrase.normalize('NFKC'));
  const derived = await argon2idAsync(typed, salt, { t, m, p, dkLen: 32, asyncTick: TICK_MS });
  const key = await crypto.subtle.importKey('raw', derived, 'AES-GCM', false, ['wrapKey', 'unwrapKey']);
  typed.fill(0);
  derived.fill(0);
  return key;
}

function parameters(nonce: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: 'AES-GCM', iv: nonce, additionalData: PURPOSE };
}
