import { decodeMlsMessage, getCiphersuiteFromName, getCiphersuiteImpl, type KeyPackage, type Signature } from 'ts-mls';
import { verifyKeyPackage } from 'ts-mls/keyPackage.js';
import { verifyLeafNodeSignatureKeyPackage } from 'ts-mls/leafNode.js';
import { LIMITS } from '../../../protocol/limits.js';
import { deviceCredentialBytes } from '../../../protocol/signing.js';
import { DomainError } from '../../../shared/domain-error.js';
import type { Account } from './account.js';
import { decodeBase64url } from './base64url.js';

export const CIPHER_SUITE = 'MLS_256_XWING_AES256GCM_SHA512_Ed25519';

/** What the server knows of a key package that it may store. */
export interface CheckedKeyPackage {
  readonly keyPackage: string;
  /** Milliseconds since the epoch; never more than a safe integer. */
  readonly notAfter: number;
}

/**
 * Throws KEY_PACKAGE_INVALID with a reason unless the text is exactly one MLS message with a key package of our suite, whose
 * credential and leaf key are those of the account's active device, signed, and usable now. The friend who claims it checks
 * all this again; refusing it here keeps a broken client from locking its user out.
 */
export async function checkKeyPackage(text: string, owner: Account, now: number): Promise<CheckedKeyPackage> {
  const keyPackage = decode(text);
  const { leafNode } = keyPackage;
  if (keyPackage.cipherSuite !== CIPHER_SUITE) throw refusal('it is of another cipher suite');
  if (!isOfDevice(keyPackage, owner)) throw refusal('it is not of the active device of this account');
  const seconds = BigInt(Math.floor(now / 1_000));
  if (leafNode.lifetime.notAfter <= seconds || leafNode.lifetime.notBefore > seconds + CLOCK_SKEW_SECONDS) {
    throw refusal('it is expired or not valid yet');
  }
  if (!(await isSigned(keyPackage))) throw refusal('a signature in it does not match');
  const lastSafeSecond = BigInt(Math.floor(Number.MAX_SAFE_INTEGER / 1_000));
  const { notAfter } = leafNode.lifetime;
  return { keyPackage: text, notAfter: Number(notAfter < lastSafeSecond ? notAfter : lastSafeSecond) * 1_000 };
}

/** A device's clock may be ahead of ours. */
const CLOCK_SKEW_SECONDS = 3_600n;

function decode(text: string): KeyPackage {
  const bytes = decodeBase64url(text);
  if (!bytes || bytes.length > LIMITS.keyPackageBytes) throw refusal('it is not base64url or too large');
  try {
    const [message, length] = decodeMlsMessage(bytes, 0) ?? [];
    // The library's decoder ignores bytes after the message.
    if (message?.wireformat === 'mls_key_package' && length === bytes.length) return message.keyPackage;
  } catch {
    // Malformed bytes make the decoder throw or return nothing; both are the same refusal.
  }
  throw refusal('it is not an MLS key package');
}

function isOfDevice({ leafNode }: KeyPackage, { device, identityKey }: Account): boolean {
  if (leafNode.credential.credentialType !== 'basic') return false;
  const expected = deviceCredentialBytes(
    device,
    Buffer.from(device.signature, 'base64url'),
    Buffer.from(identityKey, 'base64url'),
  );
  return (
    Buffer.from(leafNode.signaturePublicKey).toString('base64url') === device.leafKey &&
    Buffer.from(leafNode.credential.identity).equals(expected)
  );
}

async function isSigned(keyPackage: KeyPackage): Promise<boolean> {
  signature ??= getCiphersuiteImpl(getCiphersuiteFromName(CIPHER_SUITE)).then((suite) => suite.signature);
  const scheme = await signature;
  return (
    (await verifyLeafNodeSignatureKeyPackage(keyPackage.leafNode, scheme)) &&
    (await verifyKeyPackage(keyPackage, scheme))
  );
}

let signature: Promise<Signature> | undefined;

const refusal = (reason: string): DomainError => new DomainError('KEY_PACKAGE_INVALID', { reason });
