import type { Database } from '../../../platform/database/database.port.js';
import { insertMissing } from '../../../platform/database/insert-missing.js';
import type { Outbox } from '../../../platform/database/outbox.js';
import { BlockStore } from '../ports/block.store.port.js';
import type { EndedRelations } from '../ports/friendship.store.port.js';
import { deleteRequests, endFriendship, findBetween, lockUsers } from './friendship.statements.js';
import { FriendRequestRow, UserBlockRow } from './relation.rows.js';

export class TypeormBlockStore extends BlockStore {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {
    super();
  }

  block(blockerId: string, blockedId: string, at: number): Promise<EndedRelations> {
    return this.database.transaction(async (manager) => {
      await lockUsers(manager, blockerId, blockedId);
      const row = { blockerId, blockedId, createdAt: at };
      await insertMissing(manager, UserBlockRow, row);
      const friendship = await findBetween(manager, blockerId, blockedId);
      if (friendship) await endFriendship(manager, this.outbox, friendship);
      const withdrawn = await deleteRequests(manager, [{ requesterId: blockerId, recipientId: blockedId }]);
      const incoming = { requesterId: blockedId, recipientId: blockerId };
      await manager.update(FriendRequestRow, incoming, { recipientId: null });
      return { friendships: friendship ? [friendship] : [], withdrawn };
    });
  }

  async unblock(blockerId: string, blockedId: string): Promise<void> {
    await this.database.transaction((manager) => manager.delete(UserBlockRow, { blockerId, blockedId }));
  }

  async list(blockerId: string): Promise<string[]> {
    const rows = await this.database.lookUp((manager) =>
      manager.find(UserBlockRow, { where: { blockerId }, order: { createdAt: 'ASC', blockedId: 'ASC' } }),
    );
    return rows.map((row) => row.blockedId);
  }
}
