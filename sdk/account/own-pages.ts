import type {
  OwnAccount,
  ProfileUpdateRequest,
  SessionList,
  SessionView,
  Settings,
  UpdateSettingsRequest,
} from '../../src/protocol/payloads/user.payloads.js';
import { ROUTES } from '../transport/routes.js';
import { SETTINGS } from '../transport/wire-shapes.js';
import type { SessionTokens } from './session-tokens.js';

/** The logins of this account. Revoking one closes its sockets within seconds. */
export class Sessions {
  constructor(private readonly tokens: SessionTokens) {}

  async list(): Promise<SessionView[]> {
    return (await this.tokens.request<SessionList>({ method: 'GET', path: ROUTES.sessions })).sessions;
  }

  async revoke(sessionId: string): Promise<void> {
    await this.tokens.request({ method: 'DELETE', path: ROUTES.session(sessionId) });
  }
}

/** What friends see of this account. */
export class Profile {
  constructor(private readonly tokens: SessionTokens) {}

  get(): Promise<OwnAccount> {
    return this.tokens.request({ method: 'GET', path: ROUTES.account });
  }

  /** `displayName` has at most 32 code points; `avatarColour` is a name, not a value. */
  update(change: ProfileUpdateRequest): Promise<OwnAccount> {
    return this.tokens.request({ method: 'PATCH', path: ROUTES.profile, body: change });
  }
}

/** Settings of the account; other clients of it learn a change by the event `settings`. */
export class AccountSettings {
  constructor(private readonly tokens: SessionTokens) {}

  get(): Promise<Settings> {
    return this.tokens.request({ method: 'GET', path: ROUTES.settings, shape: SETTINGS });
  }

  update(change: UpdateSettingsRequest): Promise<Settings> {
    return this.tokens.request({ method: 'PATCH', path: ROUTES.settings, body: change, shape: SETTINGS });
  }
}
