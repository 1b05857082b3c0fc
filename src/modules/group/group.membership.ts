import { Inject, Injectable } from '@nestjs/common';
import type { CreateGroupRequest } from '../../protocol/payloads/group.payloads.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { Ids } from '../../shared/ids.js';
import { RelationFacade } from '../relation/index.js';
import type { GroupChange } from './group.facade.js';
import { type GroupRecord, GroupStore } from './ports/group.store.port.js';

/** Who comes into a group: only friends of whoever adds them. A stranger's id and one that does not exist look alike. */
@Injectable()
export class GroupMembership {
  constructor(
    @Inject(GroupStore) private readonly store: GroupStore,
    @Inject(RelationFacade) private readonly relations: RelationFacade,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Ids) private readonly ids: Ids,
  ) {}

  async create(
    creatorId: string,
    { clientGroupId, members }: CreateGroupRequest,
  ): Promise<{ readonly group: GroupRecord; readonly created: boolean }> {
    if (members.includes(creatorId)) throw new DomainError('NOT_YOURSELF');
    if (new Set(members).size < members.length) {
      throw new DomainError('BAD_REQUEST', { problems: [{ field: 'members', problem: 'names somebody twice' }] });
    }
    await this.requireFriends(creatorId, members);
    return this.store.create({ groupId: this.ids.next(), creatorId, clientGroupId, members, at: this.clock.now() });
  }

  async change(change: GroupChange): Promise<GroupRecord> {
    const { actorId, add } = change;
    await this.requireFriends(
      actorId,
      add.filter((userId) => userId !== actorId),
    );
    return this.store.change(change, this.clock.now());
  }

  private async requireFriends(userId: string, others: readonly string[]): Promise<void> {
    for (const other of others) {
      if (!(await this.relations.areFriends(userId, other))) throw new DomainError('NOT_FOUND');
    }
  }
}
