import { Inject, Injectable } from '@nestjs/common';
import { LIMITS } from '../../protocol/limits.js';
import type { FriendList } from '../../protocol/payloads/relation.payloads.js';
import type { ClaimedKeyPackage, KeyHistoryList } from '../../protocol/payloads/user.payloads.js';
import { DomainError } from '../../shared/domain-error.js';
import { UserFacade } from '../user/index.js';
import { FriendshipDirectory } from './friendship.directory.js';
import { FriendshipStore } from './ports/friendship.store.port.js';
import { RelationFollowUp } from './relation.follow-up.js';
import { RelationLimits } from './relation.limits.js';
import { byUserId, friendView, otherOf } from './relation.views.js';

/** Friends, and what only a friend may have. Whoever is no friend gets NOT_FOUND, account or not. */
@Injectable()
export class FriendService {
  constructor(
    @Inject(FriendshipStore) private readonly friendships: FriendshipStore,
    @Inject(FriendshipDirectory) private readonly directory: FriendshipDirectory,
    @Inject(UserFacade) private readonly users: UserFacade,
    @Inject(RelationFollowUp) private readonly followUp: RelationFollowUp,
    @Inject(RelationLimits) private readonly limits: RelationLimits,
  ) {}

  async list(userId: string): Promise<FriendList> {
    const friendships = await this.directory.of(userId);
    const persons = byUserId(
      await this.users.listKnownPersons(friendships.map((friendship) => otherOf(friendship, userId))),
    );
    const friends = friendships.flatMap((friendship) => {
      const person = persons.get(otherOf(friendship, userId));
      return person ? [friendView(friendship, person)] : [];
    });
    return { friends, limit: LIMITS.friends };
  }

  async remove(userId: string, friendId: string): Promise<void> {
    const friendship = await this.friendships.end(userId, friendId);
    if (!friendship) throw new DomainError('NOT_FOUND');
    await this.followUp.ended({ friendships: [friendship], withdrawn: [] });
  }

  async claimKeyPackage(userId: string, friendId: string): Promise<ClaimedKeyPackage> {
    if (userId === friendId) throw new DomainError('NOT_YOURSELF');
    await this.requireFriends(userId, friendId);
    await this.limits.keyPackageClaim(userId, friendId);
    return this.users.claimKeyPackage(friendId);
  }

  async listIdentityKeys(userId: string, friendId: string): Promise<KeyHistoryList> {
    await this.requireFriends(userId, friendId);
    return { entries: await this.users.listKeyHistory(friendId) };
  }

  private async requireFriends(userId: string, otherUserId: string): Promise<void> {
    if (!(await this.friendships.findBetween(userId, otherUserId))) throw new DomainError('NOT_FOUND');
  }
}
