import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import QuickLRU from 'quick-lru';
import { EventBus } from '../../platform/event-bus/event-bus.port.js';
import { LIMITS } from '../../protocol/limits.js';
import { DomainError } from '../../shared/domain-error.js';
import { GroupDissolved, GroupFacade } from '../group/index.js';
import { FriendshipEnded, RelationFacade } from '../relation/index.js';
import { UserChanged, UserDeleted, UserFacade } from '../user/index.js';
import { ConversationChanged } from './chat.events.js';
import { ConversationStore } from './ports/conversation.store.port.js';

/** A conversation as the hot path needs it. */
export interface Conversation {
  readonly conversationId: string;
  readonly kind: 'direct' | 'group';
  readonly members: readonly string[];
  readonly epoch: number;
  /** Somebody has left, and nobody has committed the removal yet. */
  readonly isChanging: boolean;
  readonly burnAfterReadSeconds: ReadonlyMap<string, number>;
  /** The strictest of all members. */
  readonly strictestBurn: number;
}

/** One reading of the stores. */
interface Reading {
  readonly loading: Promise<Conversation | null>;
  /** Once it is through: a message need not wait for a promise then. */
  found?: Conversation;
}

/**
 * Who belongs to a conversation and in which epoch it is: asked for with every message, so kept in the process and kept true
 * by one event, whatever the change. A miss is read once, however many ask at the same time.
 */
@Injectable()
export class ConversationDirectory implements OnModuleInit {
  private readonly known = new QuickLRU<string, Reading>({ maxSize: 50_000 });

  constructor(
    @Inject(RelationFacade) private readonly relations: RelationFacade,
    @Inject(GroupFacade) private readonly groups: GroupFacade,
    @Inject(UserFacade) private readonly users: UserFacade,
    @Inject(ConversationStore) private readonly store: ConversationStore,
    @Inject(EventBus) private readonly bus: EventBus,
  ) {}

  onModuleInit(): void {
    this.bus.subscribe(ConversationChanged, ({ conversationId }) => void this.known.delete(conversationId));
    this.bus.subscribe(FriendshipEnded, ({ conversationId }) => this.changed(conversationId));
    this.bus.subscribe(GroupDissolved, ({ groupId }) => this.changed(groupId));
    this.bus.subscribe(UserDeleted, ({ userId }) => this.changedOf(userId));
    this.bus.subscribe(UserChanged, ({ userId, what }) => (what === 'settings' ? this.changedOf(userId) : undefined));
  }

  /** Throws NOT_FOUND, whether the conversation does not exist or is not the user's. */
  async get(conversationId: string, userId: string): Promise<Conversation> {
    const conversation = await this.find(conversationId, userId);
    if (!conversation) throw new DomainError('NOT_FOUND');
    return conversation;
  }

  async find(conversationId: string, userId: string): Promise<Conversation | null> {
    const conversation = this.known.get(conversationId)?.found ?? (await this.current(conversationId));
    return conversation?.members.includes(userId) ? conversation : null;
  }

  /** All conversations of a user: of its friendships, then of its groups. */
  async listIds(userId: string): Promise<string[]> {
    const friendships = await this.relations.listFriendships(userId);
    const groups = await this.groups.list(userId);
    return [...friendships.map(({ conversationId }) => conversationId), ...groups.map(({ groupId }) => groupId)];
  }

  /** After the commit of a change. */
  changed(conversationId: string): Promise<void> {
    return this.bus.publish(ConversationChanged, { conversationId });
  }

  private async changedOf(userId: string): Promise<void> {
    for (const conversationId of await this.listIds(userId)) await this.changed(conversationId);
  }

  private async current(conversationId: string): Promise<Conversation | null> {
    for (;;) {
      const reading = this.known.get(conversationId) ?? this.begin(conversationId);
      const found = await reading.loading;
      // What was forgotten while it was read may be from before the change: who asked after the change must not get it.
      if (!found || this.known.peek(conversationId) === reading) return found;
    }
  }

  private begin(conversationId: string): Reading {
    const reading: Reading = { loading: this.load(conversationId) };
    this.known.set(conversationId, reading);
    // Neither a failure nor an absence may stay: absent ids are an attacker's to choose.
    const drop = (): void => {
      if (this.known.peek(conversationId) === reading) this.known.delete(conversationId);
    };
    reading.loading.then((found) => (found ? void (reading.found = found) : drop()), drop);
    return reading;
  }

  /**
   * The epoch before the members: where a change comes in between, an older epoch with the new members refuses as stale what
   * the new epoch with the older members would send to somebody who was removed.
   */
  private async load(conversationId: string): Promise<Conversation | null> {
    const { burnAfterReadSeconds: chosen, ...state } = await this.store.getState(conversationId);
    const parties = await this.findParties(conversationId);
    if (!parties) return null;
    const burnAfterReadSeconds = new Map<string, number>();
    for (const userId of parties.members) {
      burnAfterReadSeconds.set(userId, chosen.get(userId) ?? (await this.generalWish(userId)));
    }
    const strictestBurn = Math.min(...burnAfterReadSeconds.values());
    return { conversationId, ...parties, ...state, burnAfterReadSeconds, strictestBurn };
  }

  /** Whoever has no account any more has no wish: the others' conversation goes on. */
  private async generalWish(userId: string): Promise<number> {
    try {
      return (await this.users.getSettings(userId)).burnAfterReadSeconds;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'NOT_FOUND') return LIMITS.burnAfterReadSeconds.max;
      throw error;
    }
  }

  private async findParties(conversationId: string): Promise<Pick<Conversation, 'kind' | 'members'> | null> {
    const friendship = await this.relations.findFriendship(conversationId);
    if (friendship) return { kind: 'direct', members: friendship.userIds };
    const group = await this.groups.find(conversationId);
    return group && { kind: 'group', members: group.members };
  }
}
