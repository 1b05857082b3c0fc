import { Inject, Injectable } from '@nestjs/common';
import type { ProcessCache } from '../../platform/cache/process-cache.js';
import { ProcessCaches } from '../../platform/cache/process-caches.js';
import { FriendshipStore } from './ports/friendship.store.port.js';
import type { Friendship } from './relation.facade.js';

/** Whom users are friends with, kept in the process: to show, and to know whom to tell. Limits and rights ask the store. */
@Injectable()
export class FriendshipDirectory {
  private readonly cache: ProcessCache<readonly Friendship[]>;

  constructor(@Inject(FriendshipStore) store: FriendshipStore, @Inject(ProcessCaches) caches: ProcessCaches) {
    this.cache = caches.openSingle({ topic: 'relation.friendships', maxSize: 50_000 }, (userId) => store.list(userId));
  }

  /** Oldest first. */
  async of(userId: string): Promise<readonly Friendship[]> {
    return (await this.cache.get(userId)) ?? [];
  }

  /** After the commit of a beginning or an end. */
  changed(...friendships: readonly Pick<Friendship, 'userIds'>[]): void {
    for (const userId of friendships.flatMap(({ userIds }) => userIds)) this.cache.changed(userId);
  }
}
