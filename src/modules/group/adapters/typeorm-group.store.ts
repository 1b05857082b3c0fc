import type { EntityManager } from 'typeorm';
import type { Database } from '../../../platform/database/database.port.js';
import type { Outbox } from '../../../platform/database/outbox.js';
import { LIMITS } from '../../../protocol/limits.js';
import { DomainError } from '../../../shared/domain-error.js';
import { checkChange } from '../domain/group-change.js';
import { GroupDissolved } from '../group.events.js';
import type { GroupChange } from '../group.facade.js';
import { type GroupRecord, GroupStore, type NewGroup } from '../ports/group.store.port.js';
import { GroupMemberRow, GroupRow } from './group.rows.js';
import {
  addMember,
  countOneMore,
  deleteGroup,
  findGroup,
  lockGroup,
  lockUsers,
  removeMember,
  withMembers,
} from './group.statements.js';

export class TypeormGroupStore extends GroupStore {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {
    super();
  }

  create(group: NewGroup): Promise<{ group: GroupRecord; created: boolean }> {
    const { creatorId, clientGroupId, members } = group;
    return this.database.transaction(async (manager) => {
      // The creator's counter makes two requests with one client group id take turns.
      await lockUsers(manager, [creatorId, ...members]);
      const known = await findCreated(manager, creatorId, clientGroupId);
      return known ? { group: known, created: false } : { group: await insert(manager, group), created: true };
    });
  }

  find(groupId: string): Promise<GroupRecord | null> {
    return this.database.read((manager) => findGroup(manager, groupId));
  }

  findCreated(creatorId: string, clientGroupId: string): Promise<GroupRecord | null> {
    return this.database.read((manager) => findCreated(manager, creatorId, clientGroupId));
  }

  list(userId: string): Promise<GroupRecord[]> {
    return this.database.read(async (manager) => {
      const rows = await manager
        .createQueryBuilder(GroupRow, 'g')
        .innerJoin(GroupMemberRow, 'm', 'm.groupId = g.id AND m.userId = :userId', { userId })
        .orderBy('g.createdAt', 'ASC')
        .addOrderBy('g.id', 'ASC')
        .limit(LIMITS.groups)
        .getMany();
      return withMembers(manager, rows);
    });
  }

  change(change: GroupChange, at: number): Promise<GroupRecord> {
    const { groupId, add, remove } = change;
    return this.database.transaction(async (manager) => {
      checkChange(described(await lockGroup(manager, groupId)), change);
      await lockUsers(manager, [...add, ...remove]);
      for (const userId of remove) await removeMember(manager, groupId, userId);
      for (const userId of add) await addMember(manager, groupId, { userId, joinedAt: at });
      return lockGroup(manager, groupId);
    });
  }

  leave(groupId: string, userId: string): Promise<GroupRecord | null> {
    return this.database.transaction(async (manager) => {
      const group = await lockGroup(manager, groupId);
      const left = described(group).members.filter((member) => member !== userId);
      if (left.length === group.members.length) throw new DomainError('NOT_FOUND');
      const [heir] = left;
      if (heir === undefined) {
        await deleteGroup(manager, group);
        return null;
      }
      await lockUsers(manager, [userId]);
      await removeMember(manager, groupId, userId);
      if (group.ownerId === userId) await manager.update(GroupRow, { id: groupId }, { ownerId: heir });
      return lockGroup(manager, groupId);
    });
  }

  dissolve(groupId: string, userId: string): Promise<void> {
    return this.database.transaction(async (manager) => {
      const group = await lockGroup(manager, groupId);
      const { members, ownerId } = described(group);
      if (!members.includes(userId)) throw new DomainError('NOT_FOUND');
      if (ownerId !== userId) throw new DomainError('GROUP_OWNER_ONLY');
      await deleteGroup(manager, group);
      await this.outbox.add(manager, GroupDissolved, { groupId, members });
    });
  }
}

const described = ({ ownerId, members }: GroupRecord) => ({ ownerId, members: members.map(({ userId }) => userId) });

async function findCreated(
  manager: EntityManager,
  creatorId: string,
  clientGroupId: string,
): Promise<GroupRecord | null> {
  const row = await manager.findOneBy(GroupRow, { creatorId, clientGroupId });
  return row && findGroup(manager, row.id);
}

/** All are locked. */
async function insert(manager: EntityManager, group: NewGroup): Promise<GroupRecord> {
  const { groupId, creatorId, clientGroupId, members, at } = group;
  const row = { id: groupId, ownerId: creatorId, creatorId, clientGroupId, memberCount: 1, createdAt: at };
  await manager.insert(GroupRow, row);
  await countOneMore(manager, creatorId);
  await manager.insert(GroupMemberRow, { groupId, userId: creatorId, joinedAt: at, position: 0 });
  for (const userId of members) await addMember(manager, groupId, { userId, joinedAt: at });
  return lockGroup(manager, groupId);
}
