import type { DeviceRegistration } from '../../src/protocol/payloads/user.payloads.js';
import type { DeviceCertificate } from '../../src/protocol/signing.js';
import { decodeBase64Url, encodeBase64Url } from '../crypto/base64url.js';
import { IdentityKey, issueDeviceCertificate } from '../crypto/identity.js';
import type { AccountRecord } from '../store/records.js';

/** 128 random bits as the wire has ids. */
export const randomId = (): string => encodeBase64Url(crypto.getRandomValues(new Uint8Array(16)));

export const identityOf = ({ identitySeed }: Pick<AccountRecord, 'identitySeed'>): IdentityKey =>
  IdentityKey.fromSeed(decodeBase64Url(identitySeed));

/** A leaf key is an Ed25519 key as well; it signs logins and, inside MLS, messages. */
export const leafOf = ({ leafSeed }: Pick<AccountRecord, 'leafSeed'>): IdentityKey =>
  IdentityKey.fromSeed(decodeBase64Url(leafSeed));

/** A new device of this identity with a fresh leaf key. */
export async function newDevice(
  identity: IdentityKey,
  person: { readonly userId: string; readonly username: string },
  now: number,
): Promise<AccountRecord> {
  const leaf = IdentityKey.generate();
  const { userId, username } = person;
  const device = { userId, deviceId: randomId(), leafKey: encodeBase64Url(leaf.publicKey), createdAt: now };
  return {
    userId,
    username,
    deviceId: device.deviceId,
    identitySeed: encodeBase64Url(identity.unsafeSeed()),
    identityKey: encodeBase64Url(identity.publicKey),
    leafSeed: encodeBase64Url(leaf.unsafeSeed()),
    certificate: await issueDeviceCertificate(identity, device),
  };
}

/** As the server takes a device; whose it is follows from the request. */
export function registrationOf({ deviceId, leafKey, createdAt, signature }: DeviceCertificate): DeviceRegistration {
  return { deviceId, leafKey, createdAt, signature };
}
