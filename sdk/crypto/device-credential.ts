import type { DeviceCertificate } from '../../src/protocol/signing.js';
import { decodeBase64Url, encodeBase64Url } from './base64url.js';
import { equalBytes } from './bytes.js';
import { CryptoError, withErrorCode } from './crypto-error.js';
import { verifyDeviceCertificate } from './identity.js';
import { decodeFields, encodeFields, integerOfField, textOfField } from './length-prefixed.js';
import type { MemberDevice } from './crypto-engine.port.js';

const DOMAIN = 'ashwire/credential/1';
const MAX_IDENTITY_BYTES = 1024;

export interface OwnDevice {
  readonly certificate: DeviceCertificate;
  /** The identity key that signed the certificate, base64url. */
  readonly identityKey: string;
  /** Ed25519 seed of the certificate's leaf key, 32 bytes. ts-mls needs it raw, and keeps it in each state. */
  readonly leafPrivateKey: Uint8Array;
}

/** The identity of a basic credential: the device's certificate and the identity key that signed it. */
export function encodeDeviceCredential(certificate: DeviceCertificate, identityKey: string): Uint8Array<ArrayBuffer> {
  const { userId, deviceId, leafKey, createdAt, signature } = certificate;
  return encodeFields(
    DOMAIN,
    userId,
    deviceId,
    leafKey,
    createdAt,
    decodeBase64Url(signature),
    decodeBase64Url(identityKey),
  );
}

/**
 * Reads a credential and proves that its identity key vouches for exactly this leaf key. Whether that identity key belongs
 * to the user is the policy's to say. Verified credentials are remembered: each message would cost two milliseconds more.
 */
export class DeviceCredentials {
  private static readonly REMEMBERED = 256;
  private readonly verified = new Map<string, MemberDevice>();

  /** @throws CryptoError `UNTRUSTED_MEMBER`. */
  async verify(identity: Uint8Array, signaturePublicKey: Uint8Array): Promise<MemberDevice> {
    if (identity.length > MAX_IDENTITY_BYTES) throw new CryptoError('UNTRUSTED_MEMBER', 'a credential is too long');
    const text = encodeBase64Url(identity);
    const member = this.verified.get(text) ?? (await this.prove(identity));
    this.remember(text, member);
    if (!equalBytes(decodeBase64Url(member.leafKey), signaturePublicKey)) {
      throw new CryptoError('UNTRUSTED_MEMBER', 'a member signs with another key than its certificate names');
    }
    return member;
  }

  private prove(identity: Uint8Array): Promise<MemberDevice> {
    return withErrorCode('UNTRUSTED_MEMBER', 'a credential is malformed', () => {
      const { certificate, identityKey } = decodeDeviceCredential(identity);
      if (!verifyDeviceCertificate(certificate, identityKey)) {
        throw new CryptoError('UNTRUSTED_MEMBER', 'a device certificate is not signed by its identity key');
      }
      const { userId, deviceId, leafKey } = certificate;
      return { userId, deviceId, identityKey, leafKey };
    });
  }

  private remember(text: string, member: MemberDevice): void {
    this.verified.delete(text);
    this.verified.set(text, member);
    const oldest = this.verified.keys().next();
    if (this.verified.size > DeviceCredentials.REMEMBERED && !oldest.done) this.verified.delete(oldest.value);
  }
}

function decodeDeviceCredential(identity: Uint8Array): { certificate: DeviceCertificate; identityKey: string } {
  const [domain, userId, deviceId, leafKey, createdAt, signature, identityKey] = decodeFields(identity, 7);
  if (textOfField(domain) !== DOMAIN) throw new RangeError('not a credential of Ashwire');
  const certificate = {
    userId: textOfField(userId),
    deviceId: textOfField(deviceId),
    leafKey: textOfField(leafKey),
    createdAt: integerOfField(createdAt),
    signature: encodeBase64Url(signature ?? new Uint8Array()),
  };
  if (certificate.userId === '' || certificate.deviceId === '') throw new RangeError('an id is missing');
  return { certificate, identityKey: encodeBase64Url(identityKey ?? new Uint8Array()) };
}
