import { Inject, Injectable } from '@nestjs/common';
import { LIMITS } from '../../protocol/limits.js';
import { DomainError } from '../../shared/domain-error.js';
import { GroupFacade } from '../group/index.js';
import { RelationFacade } from '../relation/index.js';
import { UserFacade } from '../user/index.js';
import { ConversationStore } from './ports/conversation.store.port.js';
import { MessageStore } from './ports/message.store.port.js';

/** A conversation as the hot path needs it. */
export interface Conversation {
  readonly conversationId: string;
  /** Of its log, from before everything else here was read. */
  readonly fence: string;
  readonly kind: 'direct' | 'group';
  readonly members: readonly string[];
  readonly epoch: number;
  /** Somebody has left, and nobody has committed the removal yet. */
  readonly isChanging: boolean;
  readonly burnAfterReadSeconds: ReadonlyMap<string, number>;
  /** The strictest of all members. */
  readonly strictestBurn: number;
}

export type Parties = Pick<Conversation, 'kind' | 'members'>;

/** Puts a conversation together from what the stores hold of it. */
@Injectable()
export class ConversationReader {
  constructor(
    @Inject(RelationFacade) private readonly relations: RelationFacade,
    @Inject(GroupFacade) private readonly groups: GroupFacade,
    @Inject(UserFacade) private readonly users: UserFacade,
    @Inject(ConversationStore) private readonly store: ConversationStore,
    @Inject(MessageStore) private readonly messages: MessageStore,
  ) {}

  /**
   * The fence first: a change that is committed after the members were read renews it after that, so with this one nothing is
   * appended any more. The epoch before the members: where a change comes in between, an older epoch with the new members refuses as stale
   * what the new epoch with the older members would send to somebody who was removed.
   */
  async read(conversationId: string): Promise<Conversation | null> {
    const fence = await this.messages.findFence(conversationId);
    const { burnAfterReadSeconds: chosen, ...state } = await this.store.getState(conversationId);
    const parties = await this.findParties(conversationId);
    if (!parties) return null;
    if (fence === null) {
      // Only now: ids of nothing must not leave logs behind.
      await this.messages.openFence(conversationId);
      return this.read(conversationId);
    }
    const burnAfterReadSeconds = new Map<string, number>();
    for (const userId of parties.members) {
      burnAfterReadSeconds.set(userId, chosen.get(userId) ?? (await this.generalWish(userId)));
    }
    const strictestBurn = Math.min(...burnAfterReadSeconds.values());
    return { conversationId, fence, ...parties, ...state, burnAfterReadSeconds, strictestBurn };
  }

  /** From the database, within the transaction of the caller if there is one. */
  async findParties(conversationId: string): Promise<Parties | null> {
    const friendship = await this.relations.findFriendship(conversationId);
    if (friendship) return { kind: 'direct', members: friendship.userIds };
    const group = await this.groups.find(conversationId);
    return group && { kind: 'group', members: group.members };
  }

  /** All conversations of a user: of its friendships, then of its groups. */
  async listIds(userId: string): Promise<string[]> {
    const friendships = await this.relations.listFriendships(userId);
    const groups = await this.groups.listKnown(userId);
    return [...friendships.map(({ conversationId }) => conversationId), ...groups.map(({ groupId }) => groupId)];
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
}
