import { LessThanOrEqual, MoreThan } from 'typeorm';
import type { Database } from '../../../platform/database/database.port.js';
import { LIMITS } from '../../../protocol/limits.js';
import { DomainError } from '../../../shared/domain-error.js';
import type { BegunFriendship } from '../ports/friendship.store.port.js';
import { InvitationStore, type NewInvitation, type OpenInvitation } from '../ports/invitation.store.port.js';
import type { Stamp } from '../domain/stamp.js';
import { beginFriendship, isBlocked, lockUsers } from './friendship.statements.js';
import { FriendInvitationRow } from './relation.rows.js';

export class TypeormInvitationStore extends InvitationStore {
  constructor(private readonly database: Database) {
    super();
  }

  async open({ invitationId, ownerId, codeHash, expiresAt }: NewInvitation, now: number): Promise<void> {
    await this.database.transaction(async (manager) => {
      await lockUsers(manager, ownerId);
      await manager.delete(FriendInvitationRow, { ownerId, expiresAt: LessThanOrEqual(now) });
      const open = await manager.countBy(FriendInvitationRow, { ownerId });
      if (open >= LIMITS.openInvitations) throw new DomainError('INVITATION_LIMIT');
      await manager.insert(FriendInvitationRow, { id: invitationId, ownerId, codeHash, expiresAt });
    });
  }

  async list(ownerId: string, now: number): Promise<OpenInvitation[]> {
    const rows = await this.database.lookUp((manager) =>
      manager.find(FriendInvitationRow, {
        where: { ownerId, expiresAt: MoreThan(now) },
        order: { expiresAt: 'ASC', id: 'ASC' },
      }),
    );
    return rows.map(({ id, expiresAt }) => ({ invitationId: id, expiresAt }));
  }

  async revoke(invitationId: string, ownerId: string): Promise<boolean> {
    const result = await this.database.transaction((manager) =>
      manager.delete(FriendInvitationRow, { id: invitationId, ownerId }),
    );
    return result.affected === 1;
  }

  redeem(codeHash: string, redeemerId: string, friendship: Stamp): Promise<BegunFriendship> {
    return this.database.transaction(async (manager) => {
      const open = { codeHash, expiresAt: MoreThan(friendship.at) };
      const invitation = await manager.findOneBy(FriendInvitationRow, open);
      if (!invitation || invitation.ownerId === redeemerId) throw new DomainError('INVITATION_INVALID');
      const { ownerId } = invitation;
      await lockUsers(manager, ownerId, redeemerId);
      // Whoever deletes the row has used the invitation; what fails after this brings it back with the rollback.
      const used = await manager.delete(FriendInvitationRow, open);
      if (used.affected !== 1 || (await isBlocked(manager, ownerId, redeemerId))) {
        throw new DomainError('INVITATION_INVALID');
      }
      return beginFriendship(manager, redeemerId, ownerId, friendship);
    });
  }
}
