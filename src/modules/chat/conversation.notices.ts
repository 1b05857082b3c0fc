import { Inject, Injectable } from '@nestjs/common';
import { Delivery } from '../../platform/delivery/delivery.port.js';
import { EventBus } from '../../platform/event-bus/event-bus.port.js';
import type { ConversationView } from '../../protocol/payloads/chat.payloads.js';
import { Clock } from '../../shared/clock.js';
import { GroupCreated, GroupDissolved } from '../group/index.js';
import { FriendshipBegan, FriendshipEnded } from '../relation/index.js';

/** What a conversation hears of friendships and groups, and what its members hear of it. */
@Injectable()
export class ConversationNotices {
  constructor(
    @Inject(Delivery) private readonly delivery: Delivery,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  now(): number {
    return this.clock.now();
  }

  onBegan(handle: (conversationId: string, members: readonly string[]) => Promise<void>): void {
    this.bus.subscribe(FriendshipBegan, ({ conversationId, userIds }) => handle(conversationId, userIds));
    this.bus.subscribe(GroupCreated, ({ groupId, members }) => handle(groupId, members));
  }

  /** The members are told after the messages are gone. */
  onEnded(handle: (conversationId: string) => Promise<void>): void {
    const ended = async (conversationId: string, members: readonly string[]): Promise<void> => {
      await handle(conversationId);
      for (const userId of members) this.delivery.toUser(userId, 'conversation:removed', { conversationId });
    };
    this.bus.subscribe(FriendshipEnded, ({ conversationId, userIds }) => ended(conversationId, userIds));
    this.bus.subscribe(GroupDissolved, ({ groupId, members }) => ended(groupId, members));
  }

  updated(userId: string, conversation: ConversationView): void {
    this.delivery.toUser(userId, 'conversation:updated', { conversation });
  }
}
