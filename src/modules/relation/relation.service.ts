import { Inject, Injectable } from '@nestjs/common';
import { FriendshipDirectory } from './friendship.directory.js';
import { FriendshipStore } from './ports/friendship.store.port.js';
import { type Friendship, RelationFacade } from './relation.facade.js';

@Injectable()
export class RelationService extends RelationFacade {
  constructor(
    @Inject(FriendshipStore) private readonly friendships: FriendshipStore,
    @Inject(FriendshipDirectory) private readonly directory: FriendshipDirectory,
  ) {
    super();
  }

  async areFriends(userId: string, otherUserId: string): Promise<boolean> {
    return (await this.friendships.findBetween(userId, otherUserId)) !== null;
  }

  findFriendship(conversationId: string): Promise<Friendship | null> {
    return this.friendships.find(conversationId);
  }

  listFriendships(userId: string): Promise<readonly Friendship[]> {
    return this.directory.of(userId);
  }
}
