import type { SessionTokens as TokenAnswer } from '../../src/protocol/payloads/user.payloads.js';
import { AshwireError } from '../ashwire-error.js';
import type { AccountRecord, TokenRecord } from '../store/records.js';
import { type ClientStore, KINDS } from '../store/client-store.js';
import type { ServerClock } from '../time/server-clock.js';
import type { HttpRequest, HttpTransport } from '../transport/http-transport.js';
import { ROUTES } from '../transport/routes.js';
import { TOKENS } from '../transport/wire-shapes.js';

/** Logs in with the key of this device: a challenge, signed. */
export type ChallengeLogin = (account: AccountRecord) => Promise<TokenAnswer>;

const RENEW_BEFORE_MS = 30_000;
/** After these the refresh token is of no use, but the device's key may be. */
const LOGIN_AGAIN = ['UNAUTHENTICATED', 'SESSION_REVOKED', 'LOGIN_FAILED', 'BAD_REQUEST', 'NOT_FOUND'];

/**
 * A valid access token whenever one is needed. Refresh tokens rotate and their reuse revokes the session, so renewing is one
 * at a time over all tabs, and starts from what is stored. When refreshing fails for good, the device logs in by challenge.
 */
export class SessionTokens {
  private renewing: Promise<string> | undefined;

  constructor(
    private readonly store: ClientStore,
    private readonly http: HttpTransport,
    private readonly clock: ServerClock,
    private readonly loginByChallenge: ChallengeLogin,
  ) {}

  /** A token that holds for a while. Throws NOT_REGISTERED, or why logging in was refused. */
  async fresh(): Promise<string> {
    const tokens = await this.store.find(KINDS.tokens);
    return tokens && this.holds(tokens) ? tokens.accessToken : this.renew(tokens?.accessToken);
  }

  /** A token other than the one the server refused. */
  renew(refused: string | undefined): Promise<string> {
    this.renewing ??= this.store
      .exclusive('tokens', () => this.renewAlone(refused))
      .finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  /** A request as this account. Renews a refused token once. */
  async request<T>(request: HttpRequest): Promise<T> {
    const accessToken = await this.fresh();
    try {
      return await this.http.request<T>({ ...request, accessToken });
    } catch (error) {
      const { code } = AshwireError.from(error);
      if (code !== 'UNAUTHENTICATED' && code !== 'SESSION_REVOKED') throw error;
      return this.http.request<T>({ ...request, accessToken: await this.renew(accessToken) });
    }
  }

  static recordOf(answer: TokenAnswer): TokenRecord {
    const { sessionId, accessToken, accessTokenExpiresAt, refreshToken } = answer;
    return { sessionId, accessToken, accessTokenExpiresAt, refreshToken };
  }

  private async renewAlone(refused: string | undefined): Promise<string> {
    const account = await this.store.find(KINDS.account);
    if (!account) throw new AshwireError('NOT_REGISTERED');
    const tokens = await this.store.find(KINDS.tokens);
    if (tokens && tokens.accessToken !== refused && this.holds(tokens)) return tokens.accessToken;
    const answer = (tokens && (await this.refresh(tokens))) ?? (await this.loginByChallenge(account));
    if (answer.userId !== account.userId) throw new AshwireError('BAD_ANSWER');
    await this.store.commit(this.store.put(KINDS.tokens, SessionTokens.recordOf(answer)));
    return answer.accessToken;
  }

  private async refresh({ refreshToken }: TokenRecord): Promise<TokenAnswer | undefined> {
    try {
      return await this.http.request<TokenAnswer>({
        method: 'POST',
        path: ROUTES.refresh,
        body: { refreshToken },
        shape: TOKENS,
      });
    } catch (error) {
      if (LOGIN_AGAIN.includes(AshwireError.from(error).code)) return undefined;
      throw error;
    }
  }

  private holds({ accessTokenExpiresAt }: TokenRecord): boolean {
    return accessTokenExpiresAt > this.clock.now() + RENEW_BEFORE_MS;
  }
}
