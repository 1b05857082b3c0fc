import {
  type CiphersuiteName,
  defaultCapabilities,
  encodeMlsMessage,
  generateKeyPackageWithKey,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
  type KeyPackage,
  type Lifetime,
} from 'ts-mls';
import { encodeBase64Url } from '../../../sdk/crypto/base64url.js';
import { deviceCredentialBytes } from '../../../src/protocol/signing.js';
import type { DeviceRegistration, SessionTokens } from '../../../src/protocol/payloads/user.payloads.js';
import { RawPerson } from '../../rig/raw-person.js';

const SUITE: CiphersuiteName = 'MLS_256_XWING_AES256GCM_SHA512_Ed25519';
const PKCS8_OF_SEED = Buffer.from('302e020100300506032b657004220420', 'hex');
const DAY = 86_400;

export interface Publisher {
  readonly person: RawPerson;
  readonly device: DeviceRegistration;
}

export interface KeyPackageChange {
  readonly suite?: CiphersuiteName;
  readonly lifetime?: Lifetime;
  /** Whose credential it shows. */
  readonly credentialOf?: Publisher;
  readonly alter?: (keyPackage: KeyPackage) => KeyPackage;
}

/** A person whose device certificate the test knows, as its key packages show it. */
export async function registerPublisher(url: string): Promise<Publisher> {
  const person = new RawPerson(url);
  const request = await person.registration();
  const answer = await person.request<SessionTokens & Record<string, unknown>>('POST', '/api/registration', request);
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  person.tokens = answer.body;
  return { person, device: request['device'] as DeviceRegistration };
}

/** A key package as the SDK makes them, but for the change; base64url. */
export async function keyPackageOf(owner: Publisher, change: KeyPackageChange = {}): Promise<string> {
  const suite = await getCiphersuiteImpl(getCiphersuiteFromName(change.suite ?? SUITE));
  const { person, device } = change.credentialOf ?? owner;
  const identity = deviceCredentialBytes(
    { ...device, userId: person.tokens.userId },
    Buffer.from(device.signature, 'base64url'),
    person.identity.publicKey,
  );
  const now = BigInt(Math.floor(Date.now() / 1_000));
  const { publicPackage } = await generateKeyPackageWithKey(
    { credentialType: 'basic', identity },
    defaultCapabilities(),
    change.lifetime ?? { notBefore: now - BigInt(DAY), notAfter: now + BigInt(30 * DAY) },
    [],
    { signKey: Buffer.concat([PKCS8_OF_SEED, owner.person.leaf.unsafeSeed()]), publicKey: owner.person.leaf.publicKey },
    suite,
  );
  const keyPackage = change.alter?.(publicPackage) ?? publicPackage;
  return encodeBase64Url(encodeMlsMessage({ version: 'mls10', wireformat: 'mls_key_package', keyPackage }));
}
