/**
 * What is signed, byte for byte. Every signature starts with a domain string, so that none can be used for another purpose,
 * and every field is length-prefixed (uint32, big endian), so that no two field lists share an encoding.
 * Pure: used by the server and by the SDK in browsers.
 */
export const SIGNATURE_DOMAINS = {
  register: 'ashwire/register/1',
  device: 'ashwire/device/1',
  login: 'ashwire/login/1',
  addDevice: 'ashwire/add-device/1',
  changeIdentityKey: 'ashwire/change-identity-key/1',
  keyHistory: 'ashwire/key-history/1',
  deleteAccount: 'ashwire/delete-account/1',
  userId: 'ashwire/user-id/1',
  credential: 'ashwire/credential/1',
  paymentOrder: 'ashwire/payment-order/1',
  withdrawal: 'ashwire/withdrawal/1',
  ledgerEntry: 'ashwire/ledger-entry/1',
} as const;

export type SignatureDomain = (typeof SIGNATURE_DOMAINS)[keyof typeof SIGNATURE_DOMAINS];

/** Domain and fields as bytes. Strings are UTF-8; numbers are decimal strings. */
export function signedBytes(
  domain: SignatureDomain,
  ...fields: readonly (string | number | Uint8Array)[]
): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const parts = [domain, ...fields].map((field) =>
    field instanceof Uint8Array ? field : encoder.encode(String(field)),
  );
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const part of parts) {
    view.setUint32(offset, part.length);
    bytes.set(part, offset + 4);
    offset += 4 + part.length;
  }
  return bytes;
}

/** The certificate by which an identity key vouches for one device's leaf key. Keys are base64url, unpadded. */
export interface DeviceCertificate {
  readonly userId: string;
  readonly deviceId: string;
  readonly leafKey: string;
  /** Milliseconds since the epoch, by the device's clock. */
  readonly createdAt: number;
  /** Ed25519 by the identity key over {@link deviceCertificateBytes}. */
  readonly signature: string;
}

export function deviceCertificateBytes(certificate: Omit<DeviceCertificate, 'signature'>): Uint8Array<ArrayBuffer> {
  const { userId, deviceId, leafKey, createdAt } = certificate;
  return signedBytes(SIGNATURE_DOMAINS.device, userId, deviceId, leafKey, createdAt);
}

/** The identity in the MLS basic credential of a device: its certificate and the identity key that signed it. */
export function deviceCredentialBytes(
  certificate: DeviceCertificate,
  signatureBytes: Uint8Array,
  identityKeyBytes: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const { userId, deviceId, leafKey, createdAt } = certificate;
  return signedBytes(
    SIGNATURE_DOMAINS.credential,
    userId,
    deviceId,
    leafKey,
    createdAt,
    signatureBytes,
    identityKeyBytes,
  );
}

/** A challenge as the server issued it; the signer signs all of it, so that it holds for one server, account, purpose and time. */
export interface Challenge {
  readonly challengeId: string;
  readonly nonce: string;
  readonly server: string;
  /** The username that asked. */
  readonly account: string;
  readonly purpose: ChallengePurpose;
  readonly expiresAt: number;
}

export const CHALLENGE_PURPOSES = ['login', 'add-device', 'change-identity-key', 'delete-account'] as const;
export type ChallengePurpose = (typeof CHALLENGE_PURPOSES)[number];

const DOMAIN_OF_PURPOSE: Record<ChallengePurpose, SignatureDomain> = {
  login: SIGNATURE_DOMAINS.login,
  'add-device': SIGNATURE_DOMAINS.addDevice,
  'change-identity-key': SIGNATURE_DOMAINS.changeIdentityKey,
  'delete-account': SIGNATURE_DOMAINS.deleteAccount,
};

/** The bytes to sign for a challenge; `request` binds the rest of the request that the signature authorises. */
export function challengeBytes(
  challenge: Challenge,
  ...request: readonly (string | number)[]
): Uint8Array<ArrayBuffer> {
  const { challengeId, nonce, server, account, purpose, expiresAt } = challenge;
  return signedBytes(DOMAIN_OF_PURPOSE[purpose], challengeId, nonce, server, account, expiresAt, ...request);
}

/** The bytes the identity key signs to register. `nonce` is the registration challenge's nonce. */
export function registrationBytes(registration: {
  readonly server: string;
  readonly username: string;
  readonly identityKey: string;
  readonly deviceId: string;
  readonly leafKey: string;
  readonly nonce: string;
}): Uint8Array<ArrayBuffer> {
  const { server, username, identityKey, deviceId, leafKey, nonce } = registration;
  return signedBytes(SIGNATURE_DOMAINS.register, server, username, identityKey, deviceId, leafKey, nonce);
}

/** What a user id is the hash of: the account's first identity key. SHA-256 of this, its first 16 bytes in base64url. */
export function userIdBytes(firstIdentityKey: string): Uint8Array<ArrayBuffer> {
  return signedBytes(SIGNATURE_DOMAINS.userId, firstIdentityKey);
}

/** One link of an identity-key history. `hash` is SHA-256 of {@link keyHistoryBytes}, base64url; the first `previousHash` is ''. */
export interface KeyHistoryEntry {
  readonly version: number;
  readonly identityKey: string;
  readonly createdAt: number;
  readonly previousHash: string;
  readonly hash: string;
  /** The previous key's signature over {@link keyHistoryBytes}; the first entry's is by its own key. */
  readonly signature: string;
}

export function keyHistoryBytes(
  userId: string,
  entry: Omit<KeyHistoryEntry, 'hash' | 'signature'>,
): Uint8Array<ArrayBuffer> {
  return signedBytes(
    SIGNATURE_DOMAINS.keyHistory,
    userId,
    entry.version,
    entry.identityKey,
    entry.createdAt,
    entry.previousHash,
  );
}

export const PAYMENT_ORDER_KINDS = ['transfer', 'red-packet'] as const;
export type PaymentOrderKind = (typeof PAYMENT_ORDER_KINDS)[number];

/** What the payer's identity key signs, {@link paymentOrderBytes}: the whole order, for one server. */
export interface SignedPaymentOrder {
  readonly server: string;
  /** Chosen by the payer, 128 random bits: at most one effect, however often it is sent. */
  readonly orderId: string;
  readonly kind: PaymentOrderKind;
  readonly payerId: string;
  readonly payeeId: string;
  /** The payee's identity key as the payer has pinned it. */
  readonly payeeKey: string;
  /** In the smallest unit of the currency. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  /** The payer was told that the payee's key is new, and goes on. */
  readonly newKeyConfirmed: boolean;
}

export function paymentOrderBytes(order: SignedPaymentOrder): Uint8Array<ArrayBuffer> {
  const { server, orderId, kind, payerId, payeeId, payeeKey, amount, currency, issuedAt, newKeyConfirmed } = order;
  const confirmed = newKeyConfirmed ? 'confirmed' : '';
  const money = [amount, currency, issuedAt, confirmed] as const;
  return signedBytes(SIGNATURE_DOMAINS.paymentOrder, server, orderId, kind, payerId, payeeId, payeeKey, ...money);
}

/** What the owner's identity key signs to take money out, {@link withdrawalBytes}. */
export interface SignedWithdrawal {
  readonly server: string;
  readonly withdrawalId: string;
  readonly userId: string;
  readonly amount: number;
  readonly currency: string;
  /** Where to, in words that the payment provider understands. */
  readonly destination: string;
  readonly issuedAt: number;
}

export function withdrawalBytes(withdrawal: SignedWithdrawal): Uint8Array<ArrayBuffer> {
  const { server, withdrawalId, userId, amount, currency, destination, issuedAt } = withdrawal;
  const fields = [withdrawalId, userId, amount, currency, destination, issuedAt] as const;
  return signedBytes(SIGNATURE_DOMAINS.withdrawal, server, ...fields);
}
