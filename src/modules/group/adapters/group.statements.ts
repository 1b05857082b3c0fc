import { type EntityManager, In } from 'typeorm';
import { insertMissing } from '../../../platform/database/insert-missing.js';
import { LIMITS } from '../../../protocol/limits.js';
import { DomainError } from '../../../shared/domain-error.js';
import type { GroupRecord } from '../ports/group.store.port.js';
import { GroupCounterRow, GroupMemberRow, GroupRow } from './group.rows.js';

/*
 * Each statement runs in the transaction of its caller, which takes the group's row first and then the counters of the users
 * concerned in order of their ids: no two transactions cross. What is read after the lock decides, so the isolation must be
 * READ COMMITTED.
 */

/** Throws NOT_FOUND when the group is not there, or no more. */
export async function lockGroup(manager: EntityManager, groupId: string): Promise<GroupRecord> {
  await manager.update(GroupRow, { id: groupId }, { memberCount: () => 'member_count' });
  const group = await findGroup(manager, groupId);
  if (!group) throw new DomainError('NOT_FOUND');
  return group;
}

export async function lockUsers(manager: EntityManager, userIds: readonly string[]): Promise<void> {
  for (const userId of [...userIds].sort()) {
    if (await touchCounter(manager, userId)) continue;
    await insertMissing(manager, GroupCounterRow, { userId, joined: 0 });
  }
}

async function touchCounter(manager: EntityManager, userId: string): Promise<boolean> {
  const result = await manager.update(GroupCounterRow, { userId }, { joined: () => 'joined' });
  return result.affected === 1;
}

/** The user is locked. Throws GROUP_COUNT_LIMIT. */
export async function countOneMore(manager: EntityManager, userId: string): Promise<void> {
  const result = await manager
    .createQueryBuilder()
    .update(GroupCounterRow)
    .set({ joined: () => 'joined + 1' })
    .where('user_id = :userId AND joined < :limit', { userId, limit: LIMITS.groups })
    .execute();
  if (result.affected !== 1) throw new DomainError('GROUP_COUNT_LIMIT', { userId });
}

/** The user is locked. */
export async function countOneLess(manager: EntityManager, userId: string): Promise<void> {
  await manager.update(GroupCounterRow, { userId }, { joined: () => 'joined - 1' });
  await manager.delete(GroupCounterRow, { userId, joined: 0 });
}

/** Group and user are locked. Throws GROUP_FULL, GROUP_COUNT_LIMIT. */
export async function addMember(
  manager: EntityManager,
  groupId: string,
  { userId, joinedAt }: { readonly userId: string; readonly joinedAt: number },
): Promise<void> {
  const taken = await manager
    .createQueryBuilder()
    .update(GroupRow)
    .set({ memberCount: () => 'member_count + 1' })
    .where('id = :groupId AND member_count < :limit', { groupId, limit: LIMITS.groupMembers })
    .execute();
  if (taken.affected !== 1) throw new DomainError('GROUP_FULL');
  await countOneMore(manager, userId);
  const last = await manager.maximum(GroupMemberRow, 'position', { groupId });
  await manager.insert(GroupMemberRow, { groupId, userId, joinedAt, position: (last ?? 0) + 1 });
}

/** Group and user are locked, and somebody else stays. */
export async function removeMember(manager: EntityManager, groupId: string, userId: string): Promise<void> {
  await manager.delete(GroupMemberRow, { groupId, userId });
  await manager.update(GroupRow, { id: groupId }, { memberCount: () => 'member_count - 1' });
  await countOneLess(manager, userId);
}

/** The group is locked. */
export async function deleteGroup(manager: EntityManager, { groupId, members }: GroupRecord): Promise<void> {
  const userIds = members.map(({ userId }) => userId);
  await lockUsers(manager, userIds);
  for (const userId of userIds) await countOneLess(manager, userId);
  await manager.delete(GroupMemberRow, { groupId });
  await manager.delete(GroupRow, { id: groupId });
}

export async function findGroup(manager: EntityManager, groupId: string): Promise<GroupRecord | null> {
  const row = await manager.findOneBy(GroupRow, { id: groupId });
  return row ? ((await withMembers(manager, [row]))[0] ?? null) : null;
}

export async function withMembers(manager: EntityManager, rows: readonly GroupRow[]): Promise<GroupRecord[]> {
  if (rows.length === 0) return [];
  const where = { groupId: In(rows.map(({ id }) => id)) };
  const members = await manager.find(GroupMemberRow, { where, order: { position: 'ASC' } });
  return rows.map(({ id, ownerId, createdAt }) => ({
    groupId: id,
    ownerId,
    createdAt,
    members: members.filter(({ groupId }) => groupId === id).map(({ userId, joinedAt }) => ({ userId, joinedAt })),
  }));
}
