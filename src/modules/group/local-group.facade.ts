import { Inject, Injectable } from '@nestjs/common';
import { type Group, type GroupChange, GroupFacade } from './group.facade.js';
import { GroupDirectory } from './group.directory.js';
import { GroupMembership } from './group.membership.js';
import { GroupNews } from './group.news.js';
import { type GroupRecord, GroupStore } from './ports/group.store.port.js';

/** The facade in the process that runs the module. */
@Injectable()
export class LocalGroupFacade extends GroupFacade {
  constructor(
    @Inject(GroupStore) private readonly store: GroupStore,
    @Inject(GroupDirectory) private readonly directory: GroupDirectory,
    @Inject(GroupMembership) private readonly membership: GroupMembership,
    @Inject(GroupNews) private readonly news: GroupNews,
  ) {
    super();
  }

  async find(groupId: string): Promise<Group | null> {
    const group = await this.store.find(groupId);
    return group && groupOf(group);
  }

  async list(userId: string): Promise<Group[]> {
    return (await this.store.list(userId)).map(groupOf);
  }

  async listKnown(userId: string): Promise<readonly Group[]> {
    return (await this.directory.of(userId)).map(groupOf);
  }

  async change(change: GroupChange): Promise<Group> {
    return groupOf(await this.membership.change(change));
  }

  async leave(groupId: string, userId: string): Promise<Group | null> {
    const group = await this.store.leave(groupId, userId);
    return group && groupOf(group);
  }

  changed(userIds: readonly string[]): void {
    this.directory.changed(userIds);
  }

  announce(groupId: string): Promise<void> {
    return this.news.announce(groupId);
  }
}

const groupOf = ({ groupId, ownerId, createdAt, members }: GroupRecord): Group => ({
  groupId,
  ownerId,
  createdAt,
  members: members.map(({ userId }) => userId),
});
