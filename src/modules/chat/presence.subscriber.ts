import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { EventBus } from '../../platform/event-bus/event-bus.port.js';
import { ConnectionEvents } from '../../platform/socket/connection-events.js';
import { FriendshipBegan } from '../relation/index.js';
import { PresenceSharingChanged } from '../user/index.js';
import { PresenceService } from './presence.service.js';

/** What may change who sees whom online. */
@Injectable()
export class PresenceSubscriber implements OnModuleInit {
  constructor(
    @Inject(ConnectionEvents) private readonly connections: ConnectionEvents,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(PresenceService) private readonly presence: PresenceService,
  ) {}

  onModuleInit(): void {
    this.connections.observe(this.presence);
    this.bus.subscribe(FriendshipBegan, ({ userIds: [one = '', other = ''] }) => this.presence.met(one, other));
    this.bus.subscribe(PresenceSharingChanged, ({ userId }) => this.presence.sharingChanged(userId));
  }
}
