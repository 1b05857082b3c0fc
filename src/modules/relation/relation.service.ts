import { Inject, Injectable } from '@nestjs/common';
import { FriendshipStore } from './ports/friendship.store.port.js';
import { type Friendship, RelationFacade } from './relation.facade.js';

/** Straight from the store: whoever asks often keeps the answer and drops it on FriendshipEnded. */
@Injectable()
export class RelationService extends RelationFacade {
  constructor(@Inject(FriendshipStore) private readonly friendships: FriendshipStore) {
    super();
  }

  async areFriends(userId: string, otherUserId: string): Promise<boolean> {
    return (await this.friendships.findBetween(userId, otherUserId)) !== null;
  }

  findFriendship(conversationId: string): Promise<Friendship | null> {
    return this.friendships.find(conversationId);
  }

  listFriendships(userId: string): Promise<Friendship[]> {
    return this.friendships.list(userId);
  }
}
