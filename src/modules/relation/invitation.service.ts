import { Inject, Injectable } from '@nestjs/common';
import type { CreatedInvitation, FriendView, InvitationList } from '../../protocol/payloads/relation.payloads.js';
import { DomainError } from '../../shared/domain-error.js';
import { hashInvitationCode, INVITATION_LIFE_MS, newInvitationCode } from './domain/invitation-code.js';
import { InvitationStore } from './ports/invitation.store.port.js';
import { RelationFollowUp } from './relation.follow-up.js';
import { RelationLimits } from './relation.limits.js';
import { Stamps } from './stamps.js';

/** One-time invitations. Making one is the inviter's yes, redeeming it the other side's. */
@Injectable()
export class InvitationService {
  constructor(
    @Inject(InvitationStore) private readonly invitations: InvitationStore,
    @Inject(RelationFollowUp) private readonly followUp: RelationFollowUp,
    @Inject(RelationLimits) private readonly limits: RelationLimits,
    @Inject(Stamps) private readonly stamps: Stamps,
  ) {}

  async create(ownerId: string): Promise<CreatedInvitation> {
    const code = newInvitationCode();
    const { id: invitationId, at } = this.stamps.next();
    const expiresAt = at + INVITATION_LIFE_MS;
    await this.invitations.open({ invitationId, ownerId, codeHash: hashInvitationCode(code), expiresAt }, at);
    await this.followUp.requirePresent(ownerId);
    return { invitationId, expiresAt, code };
  }

  async list(ownerId: string): Promise<InvitationList> {
    return { invitations: await this.invitations.list(ownerId, this.stamps.now()) };
  }

  async revoke(invitationId: string, ownerId: string): Promise<void> {
    if (!(await this.invitations.revoke(invitationId, ownerId))) throw new DomainError('NOT_FOUND');
  }

  async redeem(code: string, redeemerId: string): Promise<FriendView> {
    await this.limits.invitationTry(redeemerId);
    const begun = await this.invitations.redeem(hashInvitationCode(code), redeemerId, this.stamps.next());
    const friend = await this.followUp.began(begun, redeemerId);
    if (!friend) throw new DomainError('INVITATION_INVALID');
    return friend;
  }
}
