import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import QuickLRU from 'quick-lru';
import { EventBus } from '../../platform/event-bus/event-bus.port.js';
import { DomainError } from '../../shared/domain-error.js';
import { FriendshipEnded, RelationFacade } from '../relation/index.js';
import { UserChanged, UserDeleted, UserFacade } from '../user/index.js';
import { ConversationStore } from './ports/conversation.store.port.js';

/** A conversation as the hot path needs it. */
export interface Conversation {
  readonly conversationId: string;
  readonly kind: 'direct' | 'group';
  readonly members: readonly string[];
  readonly epoch: number;
  readonly burnAfterReadSeconds: ReadonlyMap<string, number>;
  /** The strictest of all members. */
  readonly strictestBurn: number;
}

/**
 * Who belongs to a conversation and in which epoch it is: asked for with every message, so kept in the process and kept true
 * by the events that change it. A miss is read once, however many ask at the same time.
 */
@Injectable()
export class ConversationDirectory implements OnModuleInit {
  private readonly known = new QuickLRU<string, Promise<Conversation | null>>({ maxSize: 50_000 });

  constructor(
    @Inject(RelationFacade) private readonly relations: RelationFacade,
    @Inject(UserFacade) private readonly users: UserFacade,
    @Inject(ConversationStore) private readonly store: ConversationStore,
    @Inject(EventBus) private readonly bus: EventBus,
  ) {}

  onModuleInit(): void {
    this.bus.subscribe(FriendshipEnded, ({ conversationId }) => this.forget(conversationId));
    this.bus.subscribe(UserDeleted, ({ userId }) => this.forgetOf(userId));
    this.bus.subscribe(UserChanged, ({ userId, what }) => (what === 'settings' ? this.forgetOf(userId) : undefined));
  }

  /** Throws NOT_FOUND, whether the conversation does not exist or is not the user's. */
  async get(conversationId: string, userId: string): Promise<Conversation> {
    const conversation = await this.find(conversationId);
    if (!conversation?.members.includes(userId)) throw new DomainError('NOT_FOUND');
    return conversation;
  }

  forget(conversationId: string): void {
    this.known.delete(conversationId);
  }

  private find(conversationId: string): Promise<Conversation | null> {
    const known = this.known.get(conversationId);
    if (known) return known;
    const loading = this.load(conversationId);
    this.known.set(conversationId, loading);
    // Neither a failure nor an absence may stay: absent ids are an attacker's to choose.
    const drop = (): void => {
      if (this.known.peek(conversationId) === loading) this.known.delete(conversationId);
    };
    loading.then((found) => (found ? undefined : drop()), drop);
    return loading;
  }

  private async load(conversationId: string): Promise<Conversation | null> {
    const friendship = await this.relations.findFriendship(conversationId);
    if (!friendship) return null;
    const { epoch, burnAfterReadSeconds: chosen } = await this.store.getState(conversationId);
    const burnAfterReadSeconds = new Map<string, number>();
    for (const userId of friendship.userIds) {
      const settings = await this.users.getSettings(userId);
      burnAfterReadSeconds.set(userId, chosen.get(userId) ?? settings.burnAfterReadSeconds);
    }
    const strictestBurn = Math.min(...burnAfterReadSeconds.values());
    return { conversationId, kind: 'direct', members: friendship.userIds, epoch, burnAfterReadSeconds, strictestBurn };
  }

  private async forgetOf(userId: string): Promise<void> {
    for (const { conversationId } of await this.relations.listFriendships(userId)) this.forget(conversationId);
  }
}
