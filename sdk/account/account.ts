import type { KeyHistoryList, SessionTokens as TokenAnswer } from '../../src/protocol/payloads/user.payloads.js';
import { AshwireError } from '../ashwire-error.js';
import { encodeBase64Url } from '../crypto/base64url.js';
import { CryptoError } from '../crypto/crypto-error.js';
import {
  IdentityKey,
  issueDeviceCertificate,
  issueKeyHistoryEntry,
  userIdOf,
  verifyKeyHistory,
} from '../crypto/identity.js';
import { RecoveryWordsError } from '../crypto/recovery-words.js';
import type { AccountRecord } from '../store/records.js';
import { type ClientStore, KINDS } from '../store/client-store.js';
import type { ServerClock } from '../time/server-clock.js';
import { ROUTES } from '../transport/routes.js';
import { anId } from '../transport/shape.js';
import { KEY_HISTORY, TOKENS } from '../transport/wire-shapes.js';
import type { HttpTransport } from '../transport/http-transport.js';
import { Challenges } from './challenges.js';
import { identityOf, leafOf, newDevice, registrationOf } from './device-keys.js';
import { SessionTokens } from './session-tokens.js';

/** The account of this storage: its keys, and what only they can do. */
export class Account {
  readonly tokens: SessionTokens;
  private readonly challenges: Challenges;

  constructor(
    private readonly store: ClientStore,
    private readonly http: HttpTransport,
    private readonly clock: ServerClock,
  ) {
    this.challenges = new Challenges(http);
    this.tokens = new SessionTokens(store, http, clock, this.loginByChallenge);
  }

  find(): Promise<AccountRecord | undefined> {
    return this.store.find(KINDS.account);
  }

  async get(): Promise<AccountRecord> {
    const account = await this.find();
    if (!account) throw new AshwireError('NOT_REGISTERED');
    return account;
  }

  readonly loginByChallenge = async (account: AccountRecord): Promise<TokenAnswer> => {
    const { username, deviceId } = account;
    const challenge = await this.challenges.get(username, 'login');
    const signature = await this.challenges.sign(leafOf(account), challenge, deviceId);
    const body = { challengeId: challenge.challengeId, deviceId, signature };
    return this.http.request<TokenAnswer>({ method: 'POST', path: ROUTES.login, body, shape: TOKENS });
  };

  /** Makes this storage a new device of an account; it takes the place of the one before. */
  async recover(username: string, words: string): Promise<void> {
    const identity = identityOfWords(words);
    const guessed = userIdOf(encodeBase64Url(identity.publicKey));
    const account = await this.addDevice(identity, username, guessed).catch((error: unknown) => {
      // A key that is not the account's first does not tell the user id. Who has proven the key is told it, and checks it below.
      const { code, details } = AshwireError.from(error);
      const userId = details['userId'];
      if (code !== 'BAD_SIGNATURE' || !anId(userId) || userId === guessed) throw error;
      return this.addDevice(identity, username, userId as string);
    });
    await this.requireOwnHistory(account);
  }

  /** Replaces the identity key; the devices' certificates follow, friends are asked to accept it. Returns the new words. */
  async changeIdentityKey(): Promise<string[]> {
    const account = await this.get();
    const current = identityOf(account);
    const next = IdentityKey.generate();
    const identityKey = encodeBase64Url(next.publicKey);
    const history = await this.requireOwnHistory(account);
    const createdAt = this.clock.now();
    const challenge = await this.challenges.get(account.username, 'change-identity-key');
    const entry = await issueKeyHistoryEntry(current, account.userId, { identityKey, createdAt }, history.at(-1));
    const certificate = await issueDeviceCertificate(next, { ...account.certificate, createdAt });
    const body = {
      challengeId: challenge.challengeId,
      identityKey,
      createdAt,
      signature: await this.challenges.sign(current, challenge, identityKey, createdAt),
      newKeySignature: await this.challenges.sign(next, challenge, identityKey, createdAt),
      historySignature: entry.signature,
      device: registrationOf(certificate),
    };
    const identitySeed = encodeBase64Url(next.unsafeSeed());
    await this.store.commit(this.store.put(KINDS.pendingIdentity, { identitySeed, certificate }));
    await this.tokens.request({ method: 'PUT', path: ROUTES.identityKey, body });
    await this.adopt({ ...account, identitySeed, identityKey, certificate });
    return next.recoveryWords().split(' ');
  }

  /** A change of the identity key whose answer was lost: the server's history tells whether it happened. */
  async settlePendingIdentity(): Promise<boolean> {
    const pending = await this.store.find(KINDS.pendingIdentity);
    const account = await this.find();
    if (!pending || !account) return false;
    const identityKey = encodeBase64Url(identityOf(pending).publicKey);
    const { entries } = await this.history();
    const isTaken = entries.at(-1)?.identityKey === identityKey;
    if (isTaken) await this.adopt({ ...account, ...pending, identityKey });
    else await this.store.commit(this.store.delete(KINDS.pendingIdentity));
    return isTaken;
  }

  async delete(): Promise<void> {
    const account = await this.get();
    const challenge = await this.challenges.get(account.username, 'delete-account');
    const signature = await this.challenges.sign(identityOf(account), challenge);
    const body = { challengeId: challenge.challengeId, signature };
    await this.tokens.request({ method: 'POST', path: ROUTES.deleteAccount, body });
  }

  private async addDevice(identity: IdentityKey, username: string, userId: string): Promise<AccountRecord> {
    const challenge = await this.challenges.get(username, 'add-device');
    const account = await newDevice(identity, { userId, username }, this.clock.now());
    const { deviceId, certificate } = account;
    const body = {
      challengeId: challenge.challengeId,
      device: registrationOf(certificate),
      signature: await this.challenges.sign(identity, challenge, deviceId, certificate.leafKey),
    };
    const tokens = await this.http.request<TokenAnswer>({
      method: 'POST',
      path: ROUTES.addDevice,
      body,
      shape: TOKENS,
    });
    if (tokens.userId !== userId || tokens.deviceId !== deviceId) throw new AshwireError('BAD_ANSWER');
    await this.store.commit(
      this.store.put(KINDS.account, account),
      this.store.put(KINDS.tokens, SessionTokens.recordOf(tokens)),
    );
    return account;
  }

  /** Nobody else's account: its first key makes the user id, its last one is the key we hold. */
  private async requireOwnHistory({ userId, identityKey }: AccountRecord) {
    const { entries } = await this.history();
    try {
      if (verifyKeyHistory(userId, entries) === identityKey) return entries;
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
    }
    throw new AshwireError('RECOVERY_KEY_MISMATCH');
  }

  private history(): Promise<KeyHistoryList> {
    return this.tokens.request<KeyHistoryList>({ method: 'GET', path: ROUTES.ownIdentityKeys, shape: KEY_HISTORY });
  }

  /** Key packages of the old certificate are of no use; the next supply makes new ones. */
  private async adopt(account: AccountRecord): Promise<void> {
    const packages = await this.store.list(KINDS.keyPackage);
    await this.store.commit(
      this.store.put(KINDS.account, account),
      this.store.delete(KINDS.pendingIdentity),
      ...packages.map(({ reference }) => this.store.delete(KINDS.keyPackage, reference)),
    );
  }
}

function identityOfWords(words: string): IdentityKey {
  try {
    return IdentityKey.fromRecoveryWords(words);
  } catch (error) {
    if (!(error instanceof RecoveryWordsError)) throw error;
    throw new AshwireError('BAD_RECOVERY_WORDS', {}, { message: error.message, cause: error });
  }
}
