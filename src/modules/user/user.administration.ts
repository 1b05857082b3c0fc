import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { RegistrationInvitation } from '../../protocol/payloads/user.payloads.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { AccountStore } from './ports/account.store.port.js';
import { RegistrationInvitationStore } from './ports/registration-invitation.store.port.js';
import { invitationHashOf } from './registration.gate.js';

/** What the operator does, over HTTP as an admin or from a script on the server. */
@Injectable()
export class UserAdministration {
  constructor(
    @Inject(AccountStore) private readonly accounts: AccountStore,
    @Inject(RegistrationInvitationStore) private readonly invitations: RegistrationInvitationStore,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Counts from the user's next access token on. Throws NOT_FOUND. */
  async grantAdmin(username: string): Promise<void> {
    if (!(await this.accounts.setRole(username, 'admin'))) throw new DomainError('NOT_FOUND');
  }

  /** The code is told once; the server keeps its hash. */
  async createRegistrationInvitation(): Promise<RegistrationInvitation> {
    const code = randomBytes(16).toString('base64url');
    const now = this.clock.now();
    const expiresAt = now + INVITATION_LIFE_MS;
    await this.invitations.add(invitationHashOf(code), expiresAt, now);
    return { code, expiresAt };
  }
}

const INVITATION_LIFE_MS = 7 * 24 * 3_600_000;
