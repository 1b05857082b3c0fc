import { Inject, Injectable } from '@nestjs/common';
import type { BlockList } from '../../protocol/payloads/relation.payloads.js';
import { DomainError } from '../../shared/domain-error.js';
import { UserFacade } from '../user/index.js';
import { BlockStore } from './ports/block.store.port.js';
import { RelationFollowUp } from './relation.follow-up.js';
import { personView } from './relation.views.js';
import { Stamps } from './stamps.js';

@Injectable()
export class BlockService {
  constructor(
    @Inject(BlockStore) private readonly blocks: BlockStore,
    @Inject(UserFacade) private readonly users: UserFacade,
    @Inject(RelationFollowUp) private readonly followUp: RelationFollowUp,
    @Inject(Stamps) private readonly stamps: Stamps,
  ) {}

  async list(blockerId: string): Promise<BlockList> {
    return { blocked: (await this.users.listKnownPersons(await this.blocks.list(blockerId))).map(personView) };
  }

  /** Silent about ids that nobody has; storing them would let anyone fill the table. */
  async block(blockerId: string, blockedId: string): Promise<void> {
    if (blockerId === blockedId) throw new DomainError('NOT_YOURSELF');
    if (!(await this.users.findPerson(blockedId))) return;
    await this.followUp.ended(await this.blocks.block(blockerId, blockedId, this.stamps.now()));
    await this.followUp.requirePresent(blockerId, blockedId);
  }

  unblock(blockerId: string, blockedId: string): Promise<void> {
    return this.blocks.unblock(blockerId, blockedId);
  }
}
