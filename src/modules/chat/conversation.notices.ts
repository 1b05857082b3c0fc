import { Inject, Injectable } from '@nestjs/common';
import { Delivery } from '../../platform/delivery/delivery.port.js';
import { EventBus } from '../../platform/event-bus/event-bus.port.js';
import type { ConversationView } from '../../protocol/payloads/chat.payloads.js';
import { Clock } from '../../shared/clock.js';
import { FriendshipBegan, FriendshipEnded } from '../relation/index.js';

/** What a conversation hears of friendships, and what its members hear of it. */
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
  }

  /** Both sides are told after the messages are gone. */
  onEnded(handle: (conversationId: string) => Promise<void>): void {
    this.bus.subscribe(FriendshipEnded, async ({ conversationId, userIds }) => {
      await handle(conversationId);
      for (const userId of userIds) this.delivery.toUser(userId, 'conversation:removed', { conversationId });
    });
  }

  updated(userId: string, conversation: ConversationView): void {
    this.delivery.toUser(userId, 'conversation:updated', { conversation });
  }
}
