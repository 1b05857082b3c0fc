import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Outbox } from '../../platform/database/outbox.js';
import { EventBus } from '../../platform/event-bus/event-bus.port.js';
import { UserChanged } from '../user/index.js';
import { GroupDissolved } from './group.events.js';
import { GroupNews } from './group.news.js';

/** What this module does when something happened to a user. Groups of deleted accounts are left by chat, with an epoch. */
@Injectable()
export class GroupSubscriber implements OnModuleInit {
  constructor(
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(GroupNews) private readonly news: GroupNews,
  ) {}

  onModuleInit(): void {
    this.outbox.register(GroupDissolved);
    this.bus.subscribe(GroupDissolved, ({ members }) => this.news.dissolved(members));
    this.bus.subscribe(UserChanged, async ({ userId, what }) => {
      // A user's settings are nobody else's.
      if (what !== 'settings') await this.news.memberChanged(userId);
    });
  }
}
