import type { EntityManager } from 'typeorm';
import type { Database } from '../../../platform/database/database.port.js';
import type { Outbox } from '../../../platform/database/outbox.js';
import { LIMITS } from '../../../protocol/limits.js';
import { type EndedRelations, FriendshipStore } from '../ports/friendship.store.port.js';
import type { Friendship } from '../relation.facade.js';
import { deleteRequests, endFriendship, findBetween, friendshipOf, lockUsers } from './friendship.statements.js';
import {
  FriendCounterRow,
  FriendInvitationRow,
  FriendRequestRow,
  FriendshipRow,
  UserBlockRow,
} from './relation.rows.js';

export class TypeormFriendshipStore extends FriendshipStore {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {
    super();
  }

  async find(conversationId: string): Promise<Friendship | null> {
    const row = await this.database.lookUp((manager) => manager.findOneBy(FriendshipRow, { id: conversationId }));
    return row && friendshipOf(row);
  }

  findBetween(userId: string, otherUserId: string): Promise<Friendship | null> {
    return this.database.lookUp((manager) => findBetween(manager, userId, otherUserId));
  }

  list(userId: string): Promise<Friendship[]> {
    return this.database.lookUp((manager) => listOf(manager, userId));
  }

  end(userId: string, otherUserId: string): Promise<Friendship | null> {
    return this.database.transaction(async (manager) => {
      if (!(await findBetween(manager, userId, otherUserId))) return null;
      await lockUsers(manager, userId, otherUserId);
      const friendship = await findBetween(manager, userId, otherUserId);
      if (friendship) await endFriendship(manager, this.outbox, friendship);
      return friendship;
    });
  }

  forget(userId: string): Promise<EndedRelations> {
    return this.database.transaction(async (manager) => {
      // The user first: no friendship of that user begins after this. Crossing another transaction here costs a retry.
      await lockUsers(manager, userId);
      const friendships = await listOf(manager, userId);
      await lockUsers(manager, ...friendships.flatMap(({ userIds }) => userIds).filter((id) => id !== userId));
      for (const friendship of friendships) await endFriendship(manager, this.outbox, friendship);
      const withdrawn = await deleteRequests(manager, [{ requesterId: userId }]);
      await manager.update(FriendRequestRow, { recipientId: userId }, { recipientId: null });
      await manager.delete(FriendInvitationRow, { ownerId: userId });
      await manager.delete(UserBlockRow, { blockerId: userId });
      await manager.delete(UserBlockRow, { blockedId: userId });
      await manager.delete(FriendCounterRow, { userId });
      return { friendships, withdrawn };
    });
  }
}

async function listOf(manager: EntityManager, userId: string): Promise<Friendship[]> {
  const rows = await manager.find(FriendshipRow, {
    where: [{ userLow: userId }, { userHigh: userId }],
    order: { since: 'ASC', id: 'ASC' },
    take: LIMITS.friends,
  });
  return rows.map(friendshipOf);
}
