import { Inject, Injectable } from '@nestjs/common';
import { Outbox } from '../../platform/database/outbox.js';
import { LIMITS } from '../../protocol/limits.js';
import type { CreateGroupRequest, GroupList, GroupView } from '../../protocol/payloads/group.payloads.js';
import { DomainError } from '../../shared/domain-error.js';
import { GroupLimits } from './group.limits.js';
import { GroupMembership } from './group.membership.js';
import { GroupNews } from './group.news.js';
import { type GroupRecord, GroupStore } from './ports/group.store.port.js';

/** Groups as their members see them. Members come and go with an epoch of the conversation, so not here. */
@Injectable()
export class GroupService {
  constructor(
    @Inject(GroupStore) private readonly store: GroupStore,
    @Inject(GroupMembership) private readonly membership: GroupMembership,
    @Inject(GroupNews) private readonly news: GroupNews,
    @Inject(GroupLimits) private readonly limits: GroupLimits,
    @Inject(Outbox) private readonly outbox: Outbox,
  ) {}

  /** The same client group id again gives the group as it is now, whomever the request names: members may have changed since. */
  async create(userId: string, request: CreateGroupRequest): Promise<GroupView> {
    const known = await this.store.findCreated(userId, request.clientGroupId);
    return this.view(known ?? (await this.found(userId, request)), userId);
  }

  async list(userId: string): Promise<GroupList> {
    return { groups: await this.news.viewsOf(userId), limit: LIMITS.groups };
  }

  async get(userId: string, groupId: string): Promise<GroupView> {
    return this.view(await this.store.find(groupId), userId);
  }

  /** Resolves when the conversation is closed. */
  async dissolve(userId: string, groupId: string): Promise<void> {
    await this.store.dissolve(groupId, userId);
    try {
      await this.news.cut(groupId);
    } finally {
      await this.outbox.drain();
    }
  }

  private async found(userId: string, request: CreateGroupRequest): Promise<GroupRecord> {
    await this.limits.creation(userId);
    const { group, created } = await this.membership.create(userId, request);
    if (created) await this.news.created(group);
    return group;
  }

  private async view(group: GroupRecord | null, userId: string): Promise<GroupView> {
    if (!group?.members.some((member) => member.userId === userId)) throw new DomainError('NOT_FOUND');
    const [view] = await this.news.views([group]);
    if (!view) throw new DomainError('NOT_FOUND');
    return view;
  }
}
