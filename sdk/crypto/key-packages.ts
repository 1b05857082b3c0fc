import { type CiphersuiteImpl, generateKeyPackageWithKey, type KeyPackage, type PrivateKeyPackage } from 'ts-mls';
import { makeKeyPackageRef } from 'ts-mls/keyPackage.js';
import { encodeBase64Url } from './base64url.js';
import type { CreatedKeyPackage } from './crypto-engine.port.js';
import { CryptoError } from './crypto-error.js';
import { decodeFields, encodeFields, integerOfField, textOfField } from './length-prefixed.js';
import { decodeKeyPackageMessage, encodeKeyPackageMessage } from './mls-codec.js';
import { MLS_CAPABILITIES, MLS_SUITE } from './mls-suite.js';

const DAY_SECONDS = 24 * 60 * 60;
const PRIVATE_DOMAIN = 'ashwire/private-key-package/1';
/** Long enough for someone who was on leave; a package of a device that is gone must not open chats for ever. */
const LIFE_DAYS = 84;
/** Device clocks run ahead and behind. */
const CLOCK_SKEW_DAYS = 1;
/** Commits and welcomes wait 30 days for an absent member; the package they used was fresh when it was used. */
export const HANDSHAKE_GRACE_DAYS = 30;

export interface OwnLeaf {
  /** Encoded device credential. */
  readonly credential: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

/** A fresh package for one's own leaf key, with new one-time HPKE keys. `now` in milliseconds. */
export async function generateOwnKeyPackage(leaf: OwnLeaf, now: number, suite: CiphersuiteImpl) {
  const nowSeconds = Math.floor(now / 1000);
  const lifetime = {
    notBefore: BigInt(nowSeconds - CLOCK_SKEW_DAYS * DAY_SECONDS),
    notAfter: BigInt(nowSeconds + LIFE_DAYS * DAY_SECONDS),
  };
  const signatureKeyPair = { signKey: leaf.privateKey, publicKey: leaf.publicKey };
  const credential = { credentialType: 'basic', identity: leaf.credential } as const;
  return generateKeyPackageWithKey(credential, MLS_CAPABILITIES, lifetime, [], signatureKeyPair, suite);
}

export async function createdKeyPackage(
  made: { readonly publicPackage: KeyPackage; readonly privatePackage: PrivateKeyPackage },
  lastResort: boolean,
  suite: CiphersuiteImpl,
): Promise<CreatedKeyPackage> {
  const publicPackage = encodeKeyPackageMessage(made.publicPackage);
  const { initPrivateKey, hpkePrivateKey } = made.privatePackage;
  return {
    reference: await keyPackageReference(made.publicPackage, suite),
    publicPackage,
    privatePackage: encodeFields(PRIVATE_DOMAIN, lastResort ? 1 : 0, publicPackage, initPrivateKey, hpkePrivateKey),
    lastResort,
    expiresAt: Number(made.publicPackage.leafNode.lifetime.notAfter) * 1000,
  };
}

export async function keyPackageReference(keyPackage: KeyPackage, suite: CiphersuiteImpl): Promise<string> {
  return encodeBase64Url(await makeKeyPackageRef(keyPackage, suite.hash));
}

/** @throws CryptoError `BAD_KEY_PACKAGE` when the stored bytes are not a private package. */
export function decodePrivatePackage(bytes: Uint8Array) {
  try {
    const [domain, lastResort, publicPackage, initPrivateKey, hpkePrivateKey] = decodeFields(bytes, 5);
    if (textOfField(domain) !== PRIVATE_DOMAIN || !publicPackage || !initPrivateKey || !hpkePrivateKey) {
      throw new RangeError('not a private key package');
    }
    const keyPackage = decodeKeyPackageMessage(publicPackage);
    return { keyPackage, initPrivateKey, hpkePrivateKey, lastResort: integerOfField(lastResort) === 1 };
  } catch (error) {
    throw new CryptoError('BAD_KEY_PACKAGE', 'a stored key package cannot be read', { cause: error });
  }
}

/**
 * What ts-mls leaves open: our suite, no extensions, a lifetime that holds now and is not endless.
 * Its signatures are checked by ts-mls when it is added, its certificate by the authentication service.
 * @throws CryptoError `BAD_KEY_PACKAGE`.
 */
export function requireUsableKeyPackage(keyPackage: KeyPackage, now: number, graceDays = 0): void {
  const { cipherSuite, version, leafNode, extensions } = keyPackage;
  if (cipherSuite !== MLS_SUITE || version !== 'mls10') {
    throw new CryptoError('BAD_KEY_PACKAGE', 'the key package is of another suite');
  }
  if (extensions.length > 0 || leafNode.extensions.length > 0) {
    throw new CryptoError('BAD_KEY_PACKAGE', 'the key package has extensions');
  }
  const { notBefore, notAfter } = leafNode.lifetime;
  const nowSeconds = BigInt(Math.floor(now / 1000));
  const maximum = BigInt((LIFE_DAYS + CLOCK_SKEW_DAYS) * DAY_SECONDS);
  if (notBefore > nowSeconds || notAfter + BigInt(graceDays * DAY_SECONDS) < nowSeconds) {
    throw new CryptoError('BAD_KEY_PACKAGE', 'the lifetime of the key package is over, or has not begun');
  }
  if (notAfter - notBefore > maximum) throw new CryptoError('BAD_KEY_PACKAGE', 'the key package lives too long');
}
