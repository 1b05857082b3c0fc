import { type FactoryProvider, Module } from '@nestjs/common';
import type { AshwireConfig } from '../../config/config.schema.js';
import { CONFIG } from '../../config/config.token.js';
import { Authenticator, type Principal } from '../../platform/authentication/authenticator.js';
import { Clock } from '../../shared/clock.js';
import { Ids } from '../../shared/ids.js';
import { AccessTokens } from './access-tokens.js';
import { AccountController } from './account.controller.js';
import { AccountDirectory } from './account.directory.js';
import { AccountDeletionService } from './account-deletion.service.js';
import { AccountService } from './account.service.js';
import { AdministrationController } from './administration.controller.js';
import { AuthenticationController } from './authentication.controller.js';
import { ChallengeService } from './challenge.service.js';
import { DeviceReplacement } from './device.replacement.js';
import { ExpiringMap } from './domain/expiring-map.js';
import { serverNameOf } from './domain/server-name.js';
import { EndedSessionsSweep } from './ended-sessions.sweep.js';
import { IdentityService } from './identity.service.js';
import { KeyPackageClaims } from './key-package.claims.js';
import { KeyPackageController } from './key-package.controller.js';
import { KeyPackageService } from './key-package.service.js';
import { LocalUserFacade } from './local-user.facade.js';
import { LoginService } from './login.service.js';
import { AccountStore } from './ports/account.store.port.js';
import { SessionRevocations } from './ports/session-revocations.port.js';
import { SessionStore } from './ports/session.store.port.js';
import { RefreshTokens } from './refresh-tokens.js';
import { RegistrationController } from './registration.controller.js';
import { RegistrationGate } from './registration.gate.js';
import { RegistrationService } from './registration.service.js';
import { SessionController } from './session.controller.js';
import { SessionIssuer } from './session.issuer.js';
import { SessionService } from './session.service.js';
import { TokenAuthenticator } from './token.authenticator.js';
import { UserAdministration } from './user.administration.js';
import { UserAnnouncements } from './user.announcements.js';
import { UserFacade } from './user.facade.js';
import { UserStoresModule } from './user-stores.module.js';

/** Verified access tokens kept in memory; one is about 300 bytes and lives for ten minutes. */
const REMEMBERED_TOKENS = 20_000;

const TOKEN_PROVIDERS: readonly FactoryProvider[] = [
  {
    provide: AccessTokens,
    inject: [CONFIG, Clock],
    useFactory: (config: AshwireConfig, clock: Clock) =>
      new AccessTokens(
        {
          key: config.secrets.accessTokenKey,
          issuer: serverNameOf(config),
          lifeMs: config.sessions.accessTokenMs,
        },
        clock,
      ),
  },
  {
    provide: SessionIssuer,
    inject: [CONFIG, AccessTokens, SessionStore, UserAnnouncements, Clock, Ids],
    useFactory: (
      { secrets, sessions: { refreshTokenMs } }: AshwireConfig,
      accessTokens: AccessTokens,
      ...rest: [SessionStore, UserAnnouncements, Clock, Ids]
    ) => {
      const refreshTokens = new RefreshTokens(secrets.blindingKey);
      return new SessionIssuer({ accessTokens, refreshTokens, refreshTokenMs }, ...rest);
    },
  },
  {
    provide: Authenticator,
    inject: [AccessTokens, SessionStore, AccountStore, SessionRevocations, Clock],
    useFactory: (
      tokens: AccessTokens,
      sessions: SessionStore,
      accounts: AccountStore,
      revocations: SessionRevocations,
      clock: Clock,
    ) => {
      const remembered = new ExpiringMap<Principal>(clock, REMEMBERED_TOKENS);
      return new TokenAuthenticator(tokens, { sessions, accounts }, revocations, remembered, clock);
    },
  },
];

@Module({
  imports: [UserStoresModule],
  controllers: [
    RegistrationController,
    AuthenticationController,
    SessionController,
    AccountController,
    KeyPackageController,
    AdministrationController,
  ],
  providers: [
    ...TOKEN_PROVIDERS,
    AccountDirectory,
    UserAnnouncements,
    EndedSessionsSweep,
    RegistrationGate,
    RegistrationService,
    ChallengeService,
    DeviceReplacement,
    LoginService,
    SessionService,
    AccountDeletionService,
    AccountService,
    IdentityService,
    KeyPackageService,
    KeyPackageClaims,
    UserAdministration,
    { provide: UserFacade, useClass: LocalUserFacade },
  ],
  exports: [Authenticator, UserFacade, UserAdministration],
})
export class UserModule {}
