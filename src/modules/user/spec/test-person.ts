import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { DeviceRegistration } from '../../../protocol/payloads/user.payloads.js';
import { type DeviceCertificate, deviceCertificateBytes, keyHistoryBytes } from '../../../protocol/signing.js';
import { signedHistoryEntry, userIdOf } from '../domain/identity.js';
import type { NewAccount } from '../ports/account.store.port.js';

export const randomId = (): string => randomBytes(16).toString('base64url');

/** An Ed25519 key pair whose public key is base64url, as on the wire. */
export class TestKey {
  private readonly pair = generateKeyPairSync('ed25519');

  get publicKey(): string {
    return String(this.pair.publicKey.export({ format: 'jwk' }).x);
  }

  get privateKey(): KeyObject {
    return this.pair.privateKey;
  }

  sign(bytes: Uint8Array): string {
    return sign(null, bytes, this.pair.privateKey).toString('base64url');
  }
}

/** A person with an identity key and a device; signs as a client would. */
export class TestPerson {
  readonly identity = new TestKey();
  readonly userId = userIdOf(this.identity.publicKey);
  leaf = new TestKey();
  deviceId = randomId();

  constructor(readonly username = `u_${randomBytes(6).toString('hex')}`) {}

  certificate(signer = this.identity): DeviceCertificate {
    const device = { userId: this.userId, deviceId: this.deviceId, leafKey: this.leaf.publicKey, createdAt: 1_000 };
    return { ...device, signature: signer.sign(deviceCertificateBytes(device)) };
  }

  device(signer = this.identity): DeviceRegistration {
    const { deviceId, leafKey, createdAt, signature } = this.certificate(signer);
    return { deviceId, leafKey, createdAt, signature };
  }

  /** Another device of the same person, with a key of its own. */
  moveToNewDevice(): void {
    this.leaf = new TestKey();
    this.deviceId = randomId();
  }

  genesisSignature(): string {
    const entry = { version: 1, identityKey: this.identity.publicKey, createdAt: 1_000, previousHash: '' };
    return this.identity.sign(keyHistoryBytes(this.userId, entry));
  }

  account(createdAt: number): NewAccount {
    const { userId, username } = this;
    const entry = { identityKey: this.identity.publicKey, createdAt: 1_000, signature: this.genesisSignature() };
    return { userId, username, createdAt, device: this.certificate(), genesis: signedHistoryEntry(userId, entry) };
  }
}
