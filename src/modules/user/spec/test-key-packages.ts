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
import { deviceCredentialBytes } from '../../../protocol/signing.js';
import { CIPHER_SUITE } from '../domain/key-package.js';
import type { TestPerson } from './test-person.js';

export interface KeyPackageOptions {
  readonly suite?: CiphersuiteName;
  readonly lifetime?: Lifetime;
  /** Whose credential it shows. */
  readonly credentialOf?: TestPerson;
  readonly alter?: (keyPackage: KeyPackage) => KeyPackage;
}

/** A key package as the SDK makes them, base64url. */
export async function keyPackageOf(person: TestPerson, options: KeyPackageOptions = {}): Promise<string> {
  const suite = await getCiphersuiteImpl(getCiphersuiteFromName(options.suite ?? CIPHER_SUITE));
  const owner = options.credentialOf ?? person;
  const certificate = owner.certificate();
  const identity = deviceCredentialBytes(
    certificate,
    Buffer.from(certificate.signature, 'base64url'),
    Buffer.from(owner.identity.publicKey, 'base64url'),
  );
  const { publicPackage } = await generateKeyPackageWithKey(
    { credentialType: 'basic', identity },
    defaultCapabilities(),
    options.lifetime ?? { notBefore: 0n, notAfter: 9_223_372_036_854_775_807n },
    [],
    {
      signKey: person.leaf.privateKey.export({ type: 'pkcs8', format: 'der' }),
      publicKey: Buffer.from(person.leaf.publicKey, 'base64url'),
    },
    suite,
  );
  const keyPackage = options.alter?.(publicPackage) ?? publicPackage;
  return text(encodeMlsMessage({ version: 'mls10', wireformat: 'mls_key_package', keyPackage }));
}

export const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
