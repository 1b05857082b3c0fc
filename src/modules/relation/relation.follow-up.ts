import { Inject, Injectable } from '@nestjs/common';
import { Outbox } from '../../platform/database/outbox.js';
import type { FriendView } from '../../protocol/payloads/relation.payloads.js';
import { DomainError } from '../../shared/domain-error.js';
import { type Person, UserFacade } from '../user/index.js';
import { type Asked, FriendRequestStore } from './ports/friend-request.store.port.js';
import { type BegunFriendship, type EndedRelations, FriendshipStore } from './ports/friendship.store.port.js';
import { RelationAnnouncer } from './relation.announcer.js';
import { byUserId, friendView, otherOf } from './relation.views.js';

/**
 * What has to follow a committed change of relations. Accounts are another module's rows, so a change can commit just after
 * the handler of UserDeleted swept the user's relations. Therefore each write looks, once committed, whether its users still
 * exist: either the sweep sees the write, or the write sees the deletion and sweeps again.
 */
@Injectable()
export class RelationFollowUp {
  constructor(
    @Inject(FriendshipStore) private readonly friendships: FriendshipStore,
    @Inject(FriendRequestStore) private readonly requests: FriendRequestStore,
    @Inject(UserFacade) private readonly users: UserFacade,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(RelationAnnouncer) private readonly announcer: RelationAnnouncer,
  ) {}

  /** Those of the users who exist. Sweeps what a write just left of the others. */
  async present(...userIds: readonly string[]): Promise<ReadonlyMap<string, Person>> {
    const persons = byUserId(await this.users.listPersons(userIds));
    for (const userId of userIds) if (!persons.has(userId)) await this.userGone(userId);
    return persons;
  }

  /** The caller, after a write of its own. Throws UNAUTHENTICATED when the account is gone, and the write with it. */
  async requirePresent(callerId: string, ...others: readonly string[]): Promise<Person> {
    const caller = (await this.present(callerId, ...others)).get(callerId);
    if (!caller) throw new DomainError('UNAUTHENTICATED');
    return caller;
  }

  async asked({ request, reached, begun }: Asked): Promise<void> {
    if (begun) this.announcer.committed(begun.friendship);
    const requester = await this.requirePresent(request.requesterId, ...(reached ? [reached] : []));
    if (begun) await this.began(begun, requester.userId);
    if (reached) this.announcer.requested(reached, request, requester);
  }

  /** The caller's view of the new friend; null when one of the two is gone, and the friendship with it. */
  async began({ friendship, withdrawn }: BegunFriendship, callerId: string): Promise<FriendView | null> {
    this.announcer.committed(friendship);
    const persons = await this.present(...friendship.userIds);
    const caller = persons.get(callerId);
    const friend = persons.get(otherOf(friendship, callerId));
    if (!caller || !friend) return null;
    await this.requests.dropBetween(caller, friend);
    await this.announcer.began(friendship, caller, friend);
    this.announcer.withdrawn(withdrawn);
    return friendView(friendship, friend);
  }

  /** Resolves when the conversations that went with the friendships are closed. */
  async ended(ended: EndedRelations): Promise<void> {
    try {
      await this.cut(ended);
    } finally {
      if (ended.friendships.length > 0) await this.outbox.drain();
      this.announce(ended);
    }
  }

  async userGone(userId: string): Promise<void> {
    const ended = await this.friendships.forget(userId);
    try {
      await this.cut(ended);
    } finally {
      // Not awaited: this may run inside a pass of the outbox (UserDeleted), which the next pass waits for.
      if (ended.friendships.length > 0) void this.outbox.drain();
      this.announce(ended);
    }
  }

  private async cut({ friendships }: EndedRelations): Promise<void> {
    this.announcer.committed(...friendships);
    for (const friendship of friendships) await this.announcer.cut(friendship);
  }

  private announce({ friendships, withdrawn }: EndedRelations): void {
    for (const friendship of friendships) this.announcer.ended(friendship);
    this.announcer.withdrawn(withdrawn);
  }
}
