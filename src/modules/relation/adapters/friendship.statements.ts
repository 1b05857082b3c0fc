import { type EntityManager, In } from 'typeorm';
import { insertMissing } from '../../../platform/database/insert-missing.js';
import type { Outbox } from '../../../platform/database/outbox.js';
import { LIMITS } from '../../../protocol/limits.js';
import { DomainError } from '../../../shared/domain-error.js';
import { friendPair } from '../domain/friend-pair.js';
import type { BegunFriendship, WithdrawnRequest } from '../ports/friendship.store.port.js';
import { FriendshipEnded } from '../relation.events.js';
import type { Friendship } from '../relation.facade.js';
import type { Stamp } from '../domain/stamp.js';
import { FriendCounterRow, FriendRequestRow, FriendshipRow, UserBlockRow } from './relation.rows.js';

/*
 * Statements that the stores of this module share. Each runs in the transaction of its caller, which first takes the counter
 * rows of the users concerned (lockUsers): two transactions about the same user take turns, on every SQL database. What is
 * read after the lock decides, so the isolation must be READ COMMITTED, not a snapshot from before it.
 */

export const friendshipOf = (row: FriendshipRow): Friendship => ({
  conversationId: row.id,
  userIds: [row.userLow, row.userHigh],
  since: row.since,
});

export async function lockUsers(manager: EntityManager, ...userIds: readonly string[]): Promise<void> {
  for (const userId of [...userIds].sort()) {
    if (await touchCounter(manager, userId)) continue;
    await insertMissing(manager, FriendCounterRow, { userId, friends: 0 });
  }
}

async function touchCounter(manager: EntityManager, userId: string): Promise<boolean> {
  const result = await manager.update(FriendCounterRow, { userId }, { friends: () => 'friends' });
  return result.affected === 1;
}

export async function findBetween(manager: EntityManager, userId: string, other: string): Promise<Friendship | null> {
  const { low, high } = friendPair(userId, other);
  const row = await manager.findOneBy(FriendshipRow, { userLow: low, userHigh: high });
  return row && friendshipOf(row);
}

export const isBlocked = (manager: EntityManager, userId: string, otherUserId: string): Promise<boolean> =>
  manager.existsBy(UserBlockRow, [
    { blockerId: userId, blockedId: otherUserId },
    { blockerId: otherUserId, blockedId: userId },
  ]);

/** Both users are locked. Throws ALREADY_FRIENDS, FRIEND_LIMIT with the side as `actorId` sees it. */
export async function beginFriendship(
  manager: EntityManager,
  actorId: string,
  otherUserId: string,
  { id, at }: Stamp,
): Promise<BegunFriendship> {
  if (await findBetween(manager, actorId, otherUserId)) throw new DomainError('ALREADY_FRIENDS');
  const { low, high } = friendPair(actorId, otherUserId);
  for (const userId of [low, high]) {
    if (await countOneMore(manager, userId)) continue;
    throw new DomainError('FRIEND_LIMIT', { side: userId === actorId ? 'yours' : 'theirs' });
  }
  await manager.insert(FriendshipRow, { id, userLow: low, userHigh: high, since: at });
  const withdrawn = await deleteRequests(manager, [
    { requesterId: low, recipientId: high },
    { requesterId: high, recipientId: low },
  ]);
  return { friendship: { conversationId: id, userIds: [low, high], since: at }, withdrawn };
}

async function countOneMore(manager: EntityManager, userId: string): Promise<boolean> {
  const result = await manager
    .createQueryBuilder()
    .update(FriendCounterRow)
    .set({ friends: () => 'friends + 1' })
    .where('user_id = :userId AND friends < :limit', { userId, limit: LIMITS.friends })
    .execute();
  return result.affected === 1;
}

/** Both users are locked. */
export async function endFriendship(manager: EntityManager, outbox: Outbox, friendship: Friendship): Promise<void> {
  const { conversationId, userIds } = friendship;
  await manager.delete(FriendshipRow, { id: conversationId });
  for (const userId of userIds) {
    await manager.update(FriendCounterRow, { userId }, { friends: () => 'friends - 1' });
  }
  await outbox.add(manager, FriendshipEnded, { conversationId, userIds: [...userIds] });
}

/** Returns those that somebody had in the inbox. */
export async function deleteRequests(
  manager: EntityManager,
  where: Partial<Pick<FriendRequestRow, 'id' | 'requesterId' | 'recipientId'>>[],
): Promise<WithdrawnRequest[]> {
  const rows = await manager.findBy(FriendRequestRow, where as object[]);
  if (rows.length > 0) await manager.delete(FriendRequestRow, { id: In(rows.map((row) => row.id)) });
  return rows.flatMap(({ id, recipientId }) => (recipientId ? [{ requestId: id, recipientId }] : []));
}
