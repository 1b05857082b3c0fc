import type { RegistrationTerms, SessionTokens as TokenAnswer } from '../../src/protocol/payloads/user.payloads.js';
import { registrationBytes } from '../../src/protocol/signing.js';
import { AshwireError } from '../ashwire-error.js';
import { encodeBase64Url } from '../crypto/base64url.js';
import { IdentityKey, issueKeyHistoryEntry, userIdOf } from '../crypto/identity.js';
import type { AccountRecord } from '../store/records.js';
import { type ClientStore, KINDS } from '../store/client-store.js';
import type { ServerClock } from '../time/server-clock.js';
import type { HttpTransport } from '../transport/http-transport.js';
import { ROUTES } from '../transport/routes.js';
import { TERMS, TOKENS } from '../transport/wire-shapes.js';
import { newDevice, registrationOf } from './device-keys.js';
import { type ProofOfWorkProgress, solveProofOfWork } from './proof-of-work.js';
import { requireSameServer } from './server-name.js';
import { type ChallengeLogin, SessionTokens } from './session-tokens.js';

export interface RegisterOptions {
  /** 3 to 32 of a–z, 0–9 and `_`, not starting with a digit. */
  readonly username: string;
  /** The code that an operator gave, where registering needs one. */
  readonly invitation?: string;
  readonly onProgress?: (progress: ProofOfWorkProgress) => void;
}

/** Makes an account: keys on this device, proof of work, and the server's yes. */
export class Registration {
  constructor(
    private readonly store: ClientStore,
    private readonly http: HttpTransport,
    private readonly clock: ServerClock,
    private readonly loginByChallenge: ChallengeLogin,
  ) {}

  /** Returns the 24 recovery words. The keys are stored before they are sent: an answer that is lost must not lose the account. */
  async register({ username, invitation, onProgress }: RegisterOptions): Promise<string[]> {
    const terms = await this.http.request<RegistrationTerms>({
      method: 'GET',
      path: ROUTES.registrationTerms,
      shape: TERMS,
    });
    requireSameServer(terms.server, this.http.server);
    const needsWork = terms.mode === 'open' && terms.proofOfWork !== undefined;
    const proofOfWork = needsWork ? await solveProofOfWork(terms.proofOfWork, onProgress) : undefined;
    const identity = IdentityKey.generate();
    const userId = userIdOf(encodeBase64Url(identity.publicKey));
    const account = await newDevice(identity, { userId, username }, this.clock.now());
    const body = {
      ...(await this.signed(account, identity, terms)),
      ...(proofOfWork === undefined ? {} : { proofOfWork }),
      ...(invitation === undefined ? {} : { invitation }),
    };
    await this.store.commit(this.store.put(KINDS.account, account));
    const tokens = await this.submit(account, body);
    if (tokens.userId !== userId) throw new AshwireError('BAD_ANSWER');
    await this.store.commit(this.store.put(KINDS.tokens, SessionTokens.recordOf(tokens)));
    return identity.recoveryWords().split(' ');
  }

  private async signed(account: AccountRecord, identity: IdentityKey, { server, nonce }: RegistrationTerms) {
    const { userId, username, identityKey, deviceId, certificate } = account;
    const { leafKey, createdAt } = certificate;
    const signed = registrationBytes({ server, username, identityKey, deviceId, leafKey, nonce });
    const history = await issueKeyHistoryEntry(identity, userId, { identityKey, createdAt });
    const signature = encodeBase64Url(await identity.sign(signed));
    return {
      username,
      identityKey,
      device: registrationOf(certificate),
      historySignature: history.signature,
      nonce,
      signature,
    };
  }

  /** When it is unknown whether the server acted, a login tells. */
  private async submit(account: AccountRecord, body: object): Promise<TokenAnswer> {
    try {
      return await this.http.request<TokenAnswer>({ method: 'POST', path: ROUTES.register, body, shape: TOKENS });
    } catch (error) {
      const isUnclear = ['TIMEOUT', 'OFFLINE', 'UNAVAILABLE', 'INTERNAL', 'BAD_ANSWER'].includes(
        AshwireError.from(error).code,
      );
      const tokens = isUnclear ? await this.loginByChallenge(account).catch(() => undefined) : undefined;
      if (tokens) return tokens;
      await this.store.commit(this.store.delete(KINDS.account));
      throw error;
    }
  }
}
