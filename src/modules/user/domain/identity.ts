import { createHash } from 'node:crypto';
import type { DeviceRegistration } from '../../../protocol/payloads/user.payloads.js';
import {
  type DeviceCertificate,
  deviceCertificateBytes,
  keyHistoryBytes,
  type KeyHistoryEntry,
  userIdBytes,
} from '../../../protocol/signing.js';
import { DomainError } from '../../../shared/domain-error.js';
import { isSoundPublicKey, verifySignature } from './ed25519.js';

/** Derived from the first identity key, so that no server can give one person's id to another's key. */
export function userIdOf(firstIdentityKey: string): string {
  return createHash('sha256').update(userIdBytes(firstIdentityKey)).digest().subarray(0, 16).toString('base64url');
}

/** Throws BAD_KEY naming the field. */
export function requireSoundKey(field: string, key: string): void {
  if (!isSoundPublicKey(key)) throw new DomainError('BAD_KEY', { field });
}

/** Throws BAD_SIGNATURE naming the field. */
export function requireSignature(field: string, key: string, bytes: Uint8Array, signature: string): void {
  if (!verifySignature(key, bytes, signature)) throw new DomainError('BAD_SIGNATURE', { field });
}

/** The certificate of a device that `identityKey` (found sound) vouches for. Throws BAD_KEY or BAD_SIGNATURE. */
export function certifiedDevice(userId: string, device: DeviceRegistration, identityKey: string): DeviceCertificate {
  requireSoundKey('device.leafKey', device.leafKey);
  const { deviceId, leafKey, createdAt, signature } = device;
  const certificate = { userId, deviceId, leafKey, createdAt, signature };
  requireSignature('device.signature', identityKey, deviceCertificateBytes(certificate), signature);
  return certificate;
}

/** The entry after `previous` (or the first), signed by the previous key (or by the first one itself). Throws BAD_SIGNATURE. */
export function signedHistoryEntry(
  userId: string,
  entry: { readonly identityKey: string; readonly createdAt: number; readonly signature: string },
  previous?: KeyHistoryEntry,
): KeyHistoryEntry {
  const { identityKey, createdAt, signature } = entry;
  const link = { version: (previous?.version ?? 0) + 1, identityKey, createdAt, previousHash: previous?.hash ?? '' };
  const bytes = keyHistoryBytes(userId, link);
  requireSignature('historySignature', previous?.identityKey ?? identityKey, bytes, signature);
  return { ...link, hash: createHash('sha256').update(bytes).digest('base64url'), signature };
}
