import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../platform/authentication/authenticator.js';
import type { SessionList, SessionTokens } from '../../protocol/payloads/user.payloads.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { AccountStore } from './ports/account.store.port.js';
import { SessionStore } from './ports/session.store.port.js';
import { SessionIssuer } from './session.issuer.js';
import { UserAnnouncements } from './user.announcements.js';

/** What happens to a session after it was opened. */
@Injectable()
export class SessionService {
  constructor(
    @Inject(SessionStore) private readonly sessions: SessionStore,
    @Inject(AccountStore) private readonly accounts: AccountStore,
    @Inject(SessionIssuer) private readonly issuer: SessionIssuer,
    @Inject(UserAnnouncements) private readonly announcements: UserAnnouncements,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Exchanges the newest refresh token for the next. An older one means that two hold the session, one of them a thief: it
   * ends for both, and the device logs in again with its key.
   */
  async refresh(refreshToken: string): Promise<SessionTokens> {
    const presented = this.issuer.readRefreshToken(refreshToken);
    const session = presented && (await this.sessions.find(presented.sessionId));
    if (!session || session.expiresAt <= this.clock.now()) throw new DomainError('UNAUTHENTICATED');
    if (session.ended) throw new DomainError(session.ended);
    const account = await this.accounts.find(session.userId);
    if (!account) throw new DomainError('UNAUTHENTICATED');
    const tokens = await this.issuer.rotate(presented, session, account.username);
    if (tokens) return tokens;
    await this.end(session.userId, session.sessionId);
    throw new DomainError('SESSION_REVOKED');
  }

  async logout({ userId, sessionId }: Principal): Promise<void> {
    await this.end(userId, sessionId);
  }

  async list({ userId, sessionId: current }: Principal): Promise<SessionList> {
    const sessions = await this.sessions.list(userId, this.clock.now());
    return {
      sessions: sessions.map(({ sessionId, deviceId, createdAt, lastUsedAt }) => {
        return { sessionId, deviceId, createdAt, lastUsedAt, current: sessionId === current };
      }),
    };
  }

  /** Throws NOT_FOUND, for another user's session too. */
  async revoke({ userId }: Principal, sessionId: string): Promise<void> {
    if (!(await this.end(userId, sessionId))) throw new DomainError('NOT_FOUND');
  }

  private async end(userId: string, sessionId: string): Promise<boolean> {
    const ended = await this.sessions.end(userId, sessionId, 'SESSION_REVOKED', this.clock.now());
    if (ended) await this.announcements.ended([sessionId], 'SESSION_REVOKED', 'login');
    return ended;
  }
}
