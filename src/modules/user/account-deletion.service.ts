import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../platform/authentication/authenticator.port.js';
import { Outbox } from '../../platform/database/outbox.js';
import type { DeleteAccountRequest } from '../../protocol/payloads/user.payloads.js';
import { challengeBytes } from '../../protocol/signing.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { ChallengeService } from './challenge.service.js';
import { requireSignature } from './domain/identity.js';
import { AccountStore } from './ports/account.store.port.js';
import { SessionStore } from './ports/session.store.port.js';
import { UserAnnouncements } from './user.announcements.js';

/** Where a deletion reads and writes. */
@Injectable()
export class DeletionStores {
  constructor(
    @Inject(AccountStore) readonly accounts: AccountStore,
    @Inject(SessionStore) readonly sessions: SessionStore,
    @Inject(Outbox) readonly outbox: Outbox,
  ) {}
}

@Injectable()
export class AccountDeletionService {
  constructor(
    @Inject(ChallengeService) private readonly challenges: ChallengeService,
    @Inject(DeletionStores) private readonly stores: DeletionStores,
    @Inject(UserAnnouncements) private readonly announcements: UserAnnouncements,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** With the identity key. The username is free again; the other modules remove what is theirs on UserDeleted. */
  async delete({ userId }: Principal, { challengeId, signature }: DeleteAccountRequest): Promise<void> {
    const { accounts, sessions, outbox } = this.stores;
    const challenge = await this.challenges.take(challengeId, 'delete-account');
    const account = await accounts.find(userId);
    if (!account || challenge?.account !== account.username) {
      throw new DomainError('BAD_SIGNATURE', { field: 'challengeId' });
    }
    requireSignature('signature', account.identityKey, challengeBytes(challenge), signature);
    const live = await sessions.list(userId, this.clock.now());
    if (!(await accounts.delete(userId))) throw new DomainError('NOT_FOUND');
    const ids = live.map(({ sessionId }) => sessionId);
    await this.announcements.ended(ids, 'SESSION_REVOKED', 'stop');
    await outbox.drain();
  }
}
