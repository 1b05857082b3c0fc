import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Outbox } from '../../platform/database/outbox.js';
import { EventBus } from '../../platform/event-bus/event-bus.port.js';
import { UserChanged, UserDeleted } from '../user/index.js';
import { FriendNews } from './friend-news.js';
import { FriendshipEnded } from './relation.events.js';
import { RelationFollowUp } from './relation.follow-up.js';

/** What this module does when something happened to a user. */
@Injectable()
export class RelationSubscriber implements OnModuleInit {
  constructor(
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(RelationFollowUp) private readonly followUp: RelationFollowUp,
    @Inject(FriendNews) private readonly news: FriendNews,
  ) {}

  onModuleInit(): void {
    this.outbox.register(FriendshipEnded);
    this.bus.subscribe(UserDeleted, ({ userId }) => this.followUp.userGone(userId));
    this.bus.subscribe(UserChanged, async ({ userId, what }) => {
      // A user's settings are nobody else's.
      if (what !== 'settings') await this.news.changed(userId, what);
    });
  }
}
