import { Inject, Injectable } from '@nestjs/common';
import type { FriendChanged } from '../../protocol/payloads/relation.payloads.js';
import { UserFacade } from '../user/index.js';
import { FriendshipStore } from './ports/friendship.store.port.js';
import { RelationAnnouncer } from './relation.announcer.js';
import { otherOf } from './relation.views.js';

/** Tells all friends of a user that their view of it is out of date. */
@Injectable()
export class FriendNews {
  constructor(
    @Inject(FriendshipStore) private readonly friendships: FriendshipStore,
    @Inject(UserFacade) private readonly users: UserFacade,
    @Inject(RelationAnnouncer) private readonly announcer: RelationAnnouncer,
  ) {}

  async changed(userId: string, what: FriendChanged['what']): Promise<void> {
    const [person, friendships] = await Promise.all([this.users.findPerson(userId), this.friendships.list(userId)]);
    if (!person) return;
    for (const friendship of friendships) {
      this.announcer.changed(otherOf(friendship, userId), friendship, person, what);
    }
  }
}
