import type { EntityManager } from 'typeorm';
import type { Database } from '../../../platform/database/database.port.js';
import { LIMITS } from '../../../protocol/limits.js';
import { DomainError } from '../../../shared/domain-error.js';
import {
  type Asked,
  type Asking,
  FriendRequestStore,
  type PendingRequest,
  type PendingRequests,
  type RequestParty,
} from '../ports/friend-request.store.port.js';
import type { BegunFriendship, WithdrawnRequest } from '../ports/friendship.store.port.js';
import type { Stamp } from '../domain/stamp.js';
import { beginFriendship, deleteRequests, findBetween, isBlocked, lockUsers } from './friendship.statements.js';
import { FriendRequestRow } from './relation.rows.js';

/** Stands for the account that a ghost does not have, so that the same statements run; no id looks like it. */
const NOBODY = '';
const OLDEST_FIRST = { createdAt: 'ASC', id: 'ASC' } as const;

export class TypeormFriendRequestStore extends FriendRequestStore {
  constructor(private readonly database: Database) {
    super();
  }

  ask(asking: Asking): Promise<Asked> {
    const { requesterId, username } = asking;
    const recipientId = asking.recipientId ?? NOBODY;
    return this.database.transaction(async (manager) => {
      await lockUsers(manager, requesterId, asking.recipientId ?? requesterId);
      if (await findBetween(manager, requesterId, recipientId)) throw new DomainError('ALREADY_FRIENDS');
      const theirs = await manager.findOneBy(FriendRequestRow, { requesterId: recipientId, recipientId: requesterId });
      if (theirs) {
        const begun = await beginFriendship(manager, requesterId, recipientId, asking.friendship);
        const request = { requestId: theirs.id, requesterId, username, createdAt: asking.request.at };
        return { request, reached: null, begun };
      }
      const earlier = await manager.findOneBy(FriendRequestRow, { requesterId, username });
      return earlier ? { request: pendingRequest(earlier), reached: null, begun: null } : this.add(manager, asking);
    });
  }

  list(userId: string): Promise<PendingRequests> {
    return this.database.read(async (manager) => {
      const incoming = await manager.find(FriendRequestRow, { where: { recipientId: userId }, order: OLDEST_FIRST });
      const outgoing = await manager.find(FriendRequestRow, { where: { requesterId: userId }, order: OLDEST_FIRST });
      return { incoming: incoming.map(pendingRequest), outgoing: outgoing.map(pendingRequest) };
    });
  }

  accept(requestId: string, recipientId: string, friendship: Stamp): Promise<BegunFriendship> {
    return this.database.transaction(async (manager) => {
      const seen = await manager.findOneBy(FriendRequestRow, { id: requestId, recipientId });
      if (!seen) throw new DomainError('NOT_FOUND');
      await lockUsers(manager, seen.requesterId, recipientId);
      // Cancelled, declined or accepted while this one waited for the lock.
      if (!(await manager.existsBy(FriendRequestRow, { id: requestId, recipientId })))
        throw new DomainError('NOT_FOUND');
      return beginFriendship(manager, recipientId, seen.requesterId, friendship);
    });
  }

  decline(requestId: string, recipientId: string): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      await lockUsers(manager, recipientId);
      const result = await manager.update(FriendRequestRow, { id: requestId, recipientId }, { recipientId: null });
      return result.affected === 1;
    });
  }

  cancel(requestId: string, requesterId: string): Promise<WithdrawnRequest | null> {
    return this.database.transaction(async (manager) => {
      await lockUsers(manager, requesterId);
      if (!(await manager.existsBy(FriendRequestRow, { id: requestId, requesterId })))
        throw new DomainError('NOT_FOUND');
      const [withdrawn] = await deleteRequests(manager, [{ id: requestId, requesterId }]);
      return withdrawn ?? null;
    });
  }

  async dropBetween(one: RequestParty, other: RequestParty): Promise<void> {
    await this.database.transaction(async (manager) => {
      await manager.delete(FriendRequestRow, { requesterId: one.userId, username: other.username });
      await manager.delete(FriendRequestRow, { requesterId: other.userId, username: one.username });
    });
  }

  private async add(manager: EntityManager, { requesterId, username, recipientId, request }: Asking): Promise<Asked> {
    const pendingOut = await manager.countBy(FriendRequestRow, { requesterId });
    if (pendingOut >= LIMITS.pendingRequestsOut) throw new DomainError('REQUEST_LIMIT');
    const blocked = await isBlocked(manager, requesterId, recipientId ?? NOBODY);
    const pendingIn = await manager.countBy(FriendRequestRow, { recipientId: recipientId ?? NOBODY });
    const reached = blocked || pendingIn >= LIMITS.pendingRequestsIn ? null : recipientId;
    const row = { id: request.id, requesterId, username, recipientId: reached, createdAt: request.at };
    await manager.insert(FriendRequestRow, row);
    return { request: pendingRequest(row), reached, begun: null };
  }
}

const pendingRequest = ({ id, requesterId, username, createdAt }: FriendRequestRow): PendingRequest => ({
  requestId: id,
  requesterId,
  username,
  createdAt,
});
