import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../platform/authentication/authenticator.js';
import { Outbox } from '../../platform/database/outbox.js';
import type { DeleteAccountRequest } from '../../protocol/payloads/user.payloads.js';
import { challengeBytes } from '../../protocol/signing.js';
import { DomainError } from '../../shared/domain-error.js';
import { AccountDirectory } from './account.directory.js';
import { ChallengeService } from './challenge.service.js';
import { requireSignature } from './domain/identity.js';
import { AccountStore } from './ports/account.store.port.js';
import { UserAnnouncements } from './user.announcements.js';

@Injectable()
export class AccountDeletionService {
  constructor(
    @Inject(ChallengeService) private readonly challenges: ChallengeService,
    @Inject(AccountStore) private readonly accounts: AccountStore,
    @Inject(AccountDirectory) private readonly directory: AccountDirectory,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(UserAnnouncements) private readonly announcements: UserAnnouncements,
  ) {}

  /** With the identity key. The username is free again; the other modules remove what is theirs on UserDeleted. */
  async delete({ userId }: Principal, { challengeId, signature }: DeleteAccountRequest): Promise<void> {
    const challenge = await this.challenges.take(challengeId, 'delete-account');
    const account = await this.accounts.find(userId);
    if (!account || challenge?.account !== account.username) {
      throw new DomainError('BAD_SIGNATURE', { field: 'challengeId' });
    }
    requireSignature('signature', account.identityKey, challengeBytes(challenge), signature);
    const ended = await this.accounts.delete(userId);
    if (!ended) throw new DomainError('NOT_FOUND');
    this.directory.changed(userId);
    await this.announcements.ended(ended, 'SESSION_REVOKED', 'stop');
    await this.outbox.drain();
  }
}
