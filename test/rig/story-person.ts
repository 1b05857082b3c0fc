import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { type Challenge as ProofOfWork, solveChallenge } from 'altcha-lib';
import type { Socket } from 'socket.io-client';
import { encodeBase64Url } from '../../sdk/crypto/base64url.js';
import { IdentityKey, issueDeviceCertificate, issueKeyHistoryEntry, userIdOf } from '../../sdk/crypto/identity.js';
import { PinnedKeys } from '../../sdk/crypto/people.fixture.js';
import { TsMlsCryptoEngine } from '../../sdk/crypto/ts-mls-crypto-engine.js';
import type { PaymentOrderRequest, WithdrawalRequest } from '../../src/protocol/payloads/payment.payloads.js';
import type { RegistrationTerms, SessionTokens } from '../../src/protocol/payloads/user.payloads.js';
import {
  type Challenge,
  challengeBytes,
  type DeviceCertificate,
  type KeyHistoryEntry,
  paymentOrderBytes,
  registrationBytes,
  withdrawalBytes,
} from '../../src/protocol/signing.js';
import { RandomIds } from '../../src/shared/ids.js';

const ids = new RandomIds();

export type Unsigned<T> = Omit<T, 'issuedAt' | 'signature'>;

/** Someone in the story of the documents: makes the requests that need a key. */
export class StoryPerson {
  private identity = IdentityKey.generate();
  private readonly leaf = IdentityKey.generate();
  private readonly identityKey = encodeBase64Url(this.identity.publicKey);
  private readonly deviceId = ids.next();
  readonly userId = userIdOf(this.identityKey);
  private certificate!: DeviceCertificate;
  private genesis!: KeyHistoryEntry;
  tokens: SessionTokens | undefined;
  socket: Socket | undefined;
  readonly received: { event: string; payload: unknown }[] = [];

  constructor(readonly username: string) {}

  async registration(terms: RegistrationTerms): Promise<object> {
    this.certificate = await this.certify(this.leaf, this.deviceId);
    const { identityKey, username, deviceId, certificate } = this;
    const { leafKey, createdAt } = certificate;
    this.genesis = await issueKeyHistoryEntry(this.identity, this.userId, { identityKey, createdAt });
    const { server, nonce } = terms;
    const challenge = terms.proofOfWork as ProofOfWork;
    const solution = await solveChallenge({ challenge, deriveKey });
    return {
      username,
      identityKey,
      device: registered(certificate),
      historySignature: this.genesis.signature,
      nonce,
      signature: await signed(
        this.identity,
        registrationBytes({ server, username, identityKey, deviceId, leafKey, nonce }),
      ),
      proofOfWork: Buffer.from(JSON.stringify({ challenge, solution })).toString('base64'),
    };
  }

  async login(challenge: Challenge): Promise<object> {
    const { deviceId } = this;
    const signature = await signed(this.leaf, challengeBytes(challenge, deviceId));
    return { challengeId: challenge.challengeId, deviceId, signature };
  }

  async addDevice(challenge: Challenge): Promise<object> {
    const device = await this.certify(IdentityKey.generate(), ids.next());
    const signature = await signed(this.identity, challengeBytes(challenge, device.deviceId, device.leafKey));
    return { challengeId: challenge.challengeId, device: registered(device), signature };
  }

  async changeKey(challenge: Challenge): Promise<object> {
    const next = IdentityKey.generate();
    const identityKey = encodeBase64Url(next.publicKey);
    const entry = { identityKey, createdAt: Date.now() };
    const { createdAt, signature } = await issueKeyHistoryEntry(this.identity, this.userId, entry, this.genesis);
    const bytes = challengeBytes(challenge, identityKey, createdAt);
    const old = this.identity;
    this.identity = next;
    return {
      challengeId: challenge.challengeId,
      identityKey,
      createdAt,
      signature: await signed(old, bytes),
      newKeySignature: await signed(next, bytes),
      historySignature: signature,
      device: registered(await issueDeviceCertificate(next, this.certificate)),
    };
  }

  async deletion(challenge: Challenge): Promise<object> {
    return { challengeId: challenge.challengeId, signature: await signed(this.identity, challengeBytes(challenge)) };
  }

  async order(server: string, order: Unsigned<PaymentOrderRequest>): Promise<object> {
    const complete = { ...order, issuedAt: Date.now() };
    const bytes = paymentOrderBytes({ ...complete, server, payerId: this.userId });
    return { ...complete, signature: await signed(this.identity, bytes) };
  }

  async withdrawal(server: string, withdrawal: Unsigned<WithdrawalRequest>): Promise<object> {
    const complete = { ...withdrawal, issuedAt: Date.now() };
    const bytes = withdrawalBytes({ ...complete, server, userId: this.userId });
    return { ...complete, signature: await signed(this.identity, bytes) };
  }

  async keyPackages(): Promise<object> {
    const { certificate, identityKey } = this;
    const own = { certificate, identityKey, leafPrivateKey: this.leaf.unsafeSeed() };
    const engine = await TsMlsCryptoEngine.create(own, new PinnedKeys());
    const [first] = await engine.createKeyPackages(1);
    const [last] = await engine.createKeyPackages(1, { lastResort: true });
    if (!first || !last) throw new Error('no key package was made');
    return { keyPackages: [encodeBase64Url(first.publicPackage)], lastResort: encodeBase64Url(last.publicPackage) };
  }

  private certify(leaf: IdentityKey, deviceId: string): Promise<DeviceCertificate> {
    const leafKey = encodeBase64Url(leaf.publicKey);
    return issueDeviceCertificate(this.identity, { userId: this.userId, deviceId, leafKey, createdAt: Date.now() });
  }
}

const signed = async (key: IdentityKey, bytes: Uint8Array): Promise<string> => encodeBase64Url(await key.sign(bytes));

const registered = ({ deviceId, leafKey, createdAt, signature }: DeviceCertificate): object => ({
  deviceId,
  leafKey,
  createdAt,
  signature,
});
