import { Inject, Injectable } from '@nestjs/common';
import type { ClaimedKeyPackage, KeyHistoryList } from '../../protocol/payloads/user.payloads.js';
import { DomainError } from '../../shared/domain-error.js';
import { UserFacade } from '../user/index.js';
import { GroupLimits } from './group.limits.js';
import { GroupStore } from './ports/group.store.port.js';

/** The keys that members need of one another to encrypt, friends or not. For everybody else there is nothing here. */
@Injectable()
export class MemberKeysService {
  constructor(
    @Inject(GroupStore) private readonly store: GroupStore,
    @Inject(UserFacade) private readonly users: UserFacade,
    @Inject(GroupLimits) private readonly limits: GroupLimits,
  ) {}

  async listIdentityKeys(callerId: string, groupId: string, userId: string): Promise<KeyHistoryList> {
    await this.requireMembers(groupId, callerId, userId);
    return { entries: await this.users.listKeyHistory(userId) };
  }

  async claimKeyPackage(callerId: string, groupId: string, userId: string): Promise<ClaimedKeyPackage> {
    if (userId === callerId) throw new DomainError('NOT_YOURSELF');
    await this.requireMembers(groupId, callerId, userId);
    await this.limits.keyPackageClaim(callerId, userId);
    return this.users.claimKeyPackage(userId);
  }

  private async requireMembers(groupId: string, ...userIds: readonly string[]): Promise<void> {
    const members = new Set((await this.store.find(groupId))?.members.map(({ userId }) => userId));
    if (!userIds.every((userId) => members.has(userId))) throw new DomainError('NOT_FOUND');
  }
}
