import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { EventBus } from '../../platform/event-bus/event-bus.port.js';
import { DomainError } from '../../shared/domain-error.js';
import { GroupFacade, GroupMembersLost } from '../group/index.js';
import { UserDeleted } from '../user/index.js';
import { EpochNews } from './epoch.news.js';
import { ConversationStore } from './ports/conversation.store.port.js';

/**
 * Leaving a group. Who leaves cannot commit its own removal (MLS), so the epoch moves on without a commit, marked as a leave;
 * nothing is sent until one of the others has committed.
 */
@Injectable()
export class MembershipService implements OnModuleInit {
  constructor(
    @Inject(ConversationStore) private readonly store: ConversationStore,
    @Inject(GroupFacade) private readonly groups: GroupFacade,
    @Inject(EpochNews) private readonly news: EpochNews,
    @Inject(EventBus) private readonly bus: EventBus,
  ) {}

  onModuleInit(): void {
    this.bus.subscribe(UserDeleted, async ({ userId }) => {
      for (const { groupId } of await this.groups.list(userId)) await this.leaveOnce(userId, groupId);
    });
    this.bus.subscribe(GroupMembersLost, async ({ groupId, members }) => {
      for (const userId of members) await this.leaveOnce(userId, groupId);
    });
  }

  /** Throws NOT_FOUND. */
  async leave(userId: string, conversationId: string): Promise<void> {
    const { epoch, members } = await this.store.acceptLeave(conversationId, userId, async () => {
      const group = await this.groups.leave(conversationId, userId);
      return group?.members ?? [];
    });
    await this.news.tell({ conversationId, kind: 'group', epoch, members, added: [], gone: [userId] });
  }

  /** Events come at least once. */
  private async leaveOnce(userId: string, groupId: string): Promise<void> {
    try {
      await this.leave(userId, groupId);
    } catch (error) {
      if (!(error instanceof DomainError && error.code === 'NOT_FOUND')) throw error;
    }
  }
}
