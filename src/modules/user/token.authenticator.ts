import { createHash } from 'node:crypto';
import { Authenticator, type Principal } from '../../platform/authentication/authenticator.js';
import type { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import type { AccessTokens } from './access-tokens.js';
import type { ExpiringMap } from './domain/expiring-map.js';
import type { AccountStore } from './ports/account.store.port.js';
import type { SessionRevocations } from './ports/session-revocations.port.js';
import type { SessionStore } from './ports/session.store.port.js';

interface Stores {
  readonly sessions: SessionStore;
  readonly accounts: AccountStore;
}

/**
 * The first use of a token in this process pays for a signature check and two reads of the database, where a session that
 * ended before a restart is found; the next ones find it in memory. A session that ends meanwhile is in the revocations,
 * which are asked each time and last: a token that was remembered while its session ended is still refused. A role that
 * changes counts from the next token on.
 */
export class TokenAuthenticator extends Authenticator {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly stores: Stores,
    private readonly revocations: SessionRevocations,
    private readonly remembered: ExpiringMap<Principal>,
    private readonly clock: Clock,
  ) {
    super();
  }

  async authenticate(accessToken: string): Promise<Principal> {
    const key = createHash('sha256').update(accessToken).digest('base64');
    const principal = this.remembered.get(key) ?? (await this.prove(key, accessToken));
    const ended = await this.revocations.find(principal.sessionId);
    if (ended) throw new DomainError(ended);
    return principal;
  }

  private async prove(key: string, accessToken: string): Promise<Principal> {
    const { expiresAt, ...subject } = await this.tokens.verify(accessToken);
    const session = await this.stores.sessions.find(subject.sessionId);
    if (session?.userId !== subject.userId || session.deviceId !== subject.deviceId) {
      throw new DomainError('UNAUTHENTICATED');
    }
    if (session.ended) throw new DomainError(session.ended);
    if (session.expiresAt <= this.clock.now()) throw new DomainError('UNAUTHENTICATED');
    const account = await this.stores.accounts.find(subject.userId);
    if (!account) throw new DomainError('UNAUTHENTICATED');
    const principal = Object.freeze({ ...subject, role: account.role });
    this.remembered.set(key, principal, expiresAt);
    return principal;
  }
}
