import { Inject, Injectable, Logger } from '@nestjs/common';
import { Delivery } from '../../platform/delivery/delivery.port.js';
import { EventBus } from '../../platform/event-bus/event-bus.port.js';
import type { FriendChanged } from '../../protocol/payloads/relation.payloads.js';
import { DomainError } from '../../shared/domain-error.js';
import type { Person } from '../user/index.js';
import { FriendshipDirectory } from './friendship.directory.js';
import type { PendingRequest } from './ports/friend-request.store.port.js';
import type { WithdrawnRequest } from './ports/friendship.store.port.js';
import { FriendshipBegan, FriendshipCut } from './relation.events.js';
import type { Friendship } from './relation.facade.js';
import { friendView, incomingRequest } from './relation.views.js';

/** Tells the people concerned, and the other modules, what is already committed. Only `cut` can fail the request. */
@Injectable()
export class RelationAnnouncer {
  private readonly logger = new Logger('Relation');

  constructor(
    @Inject(Delivery) private readonly delivery: Delivery,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(FriendshipDirectory) private readonly directory: FriendshipDirectory,
  ) {}

  /** Before anything else: who asks from now on sees them, or sees them no more. */
  committed(...friendships: readonly Friendship[]): void {
    this.directory.changed(...friendships);
  }

  requested(recipientId: string, request: PendingRequest, from: Person): void {
    this.delivery.toUser(recipientId, 'friend:requested', { request: incomingRequest(request, from) });
  }

  withdrawn(requests: readonly WithdrawnRequest[]): void {
    for (const { requestId, recipientId } of requests) {
      this.delivery.toUser(recipientId, 'friend:request-withdrawn', { requestId });
    }
  }

  /** The modules first: a friend who is told may write at once. */
  async began(friendship: Friendship, one: Person, other: Person): Promise<void> {
    const { conversationId, userIds } = friendship;
    try {
      await this.bus.publish(FriendshipBegan, { conversationId, userIds: [...userIds] });
    } catch (error) {
      this.logger.error({ conversationId, error });
    }
    this.delivery.toUser(one.userId, 'friend:added', { friend: friendView(friendship, other) });
    this.delivery.toUser(other.userId, 'friend:added', { friend: friendView(friendship, one) });
  }

  /** Throws UNAVAILABLE where somebody may still send to a friend of before. */
  async cut({ conversationId, userIds }: Friendship): Promise<void> {
    try {
      await this.bus.publish(FriendshipCut, { conversationId, userIds: [...userIds] });
    } catch (error) {
      this.logger.error({ conversationId, error });
      throw new DomainError('UNAVAILABLE');
    }
  }

  ended({ conversationId, userIds: [low, high] }: Friendship): void {
    this.delivery.toUser(low, 'friend:removed', { userId: high, conversationId });
    this.delivery.toUser(high, 'friend:removed', { userId: low, conversationId });
  }

  changed(friendId: string, friendship: Friendship, person: Person, what: FriendChanged['what']): void {
    this.delivery.toUser(friendId, 'friend:changed', { friend: friendView(friendship, person), what });
  }
}
