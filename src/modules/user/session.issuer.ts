import type { SessionTokens } from '../../protocol/payloads/user.payloads.js';
import type { Clock } from '../../shared/clock.js';
import type { Ids } from '../../shared/ids.js';
import type { AccessTokens } from './access-tokens.js';
import type { Session, SessionStore } from './ports/session.store.port.js';
import type { RefreshToken, RefreshTokens } from './refresh-tokens.js';
import type { UserAnnouncements } from './user.announcements.js';

interface Minting {
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly refreshTokenMs: number;
}

/** Opens sessions and hands out their tokens. */
export class SessionIssuer {
  constructor(
    private readonly minting: Minting,
    private readonly sessions: SessionStore,
    private readonly announcements: UserAnnouncements,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** Null when the device is no longer the active one of its user. */
  async open(username: string, device: { userId: string; deviceId: string }): Promise<SessionTokens | null> {
    const { userId, deviceId } = device;
    const refresh = this.minting.refreshTokens.issue(this.ids.next());
    const now = this.clock.now();
    const session = { sessionId: refresh.sessionId, userId, deviceId, createdAt: now, expiresAt: this.expiry(now) };
    const superfluous = await this.sessions.open({ ...session, refreshHash: refresh.hash });
    if (!superfluous) return null;
    await this.announcements.ended(superfluous, 'SESSION_REVOKED', 'login');
    return this.tokens(username, session, refresh);
  }

  readRefreshToken(token: string): RefreshToken | null {
    return this.minting.refreshTokens.read(token);
  }

  /** Null when the presented token is not the newest of the session. */
  async rotate(presented: RefreshToken, session: Session, username: string): Promise<SessionTokens | null> {
    const next = this.minting.refreshTokens.issue(session.sessionId);
    const now = this.clock.now();
    const isNewest = await this.sessions.rotate({
      sessionId: session.sessionId,
      presentedHash: presented.hash,
      nextHash: next.hash,
      now,
      expiresAt: this.expiry(now),
    });
    return isNewest ? this.tokens(username, session, next) : null;
  }

  private async tokens(
    username: string,
    session: Pick<Session, 'userId' | 'deviceId' | 'sessionId'>,
    refresh: RefreshToken,
  ): Promise<SessionTokens> {
    const { userId, deviceId, sessionId } = session;
    const access = await this.minting.accessTokens.issue(session);
    return {
      ...{ userId, username, deviceId, sessionId },
      accessToken: access.token,
      accessTokenExpiresAt: access.expiresAt,
      refreshToken: refresh.token,
    };
  }

  private expiry(now: number): number {
    return now + this.minting.refreshTokenMs;
  }
}
