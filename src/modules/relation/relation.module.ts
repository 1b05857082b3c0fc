import { Module } from '@nestjs/common';
import { Database } from '../../platform/database/database.port.js';
import { Outbox } from '../../platform/database/outbox.js';
import { UserModule } from '../user/index.js';
import { TypeormBlockStore } from './adapters/typeorm-block.store.js';
import { TypeormFriendRequestStore } from './adapters/typeorm-friend-request.store.js';
import { TypeormFriendshipStore } from './adapters/typeorm-friendship.store.js';
import { TypeormInvitationStore } from './adapters/typeorm-invitation.store.js';
import { BlockController } from './block.controller.js';
import { BlockService } from './block.service.js';
import { FriendController } from './friend.controller.js';
import { FriendRequestController } from './friend-request.controller.js';
import { FriendNews } from './friend-news.js';
import { FriendRequestService } from './friend-request.service.js';
import { FriendService } from './friend.service.js';
import { InvitationController } from './invitation.controller.js';
import { InvitationService } from './invitation.service.js';
import { BlockStore } from './ports/block.store.port.js';
import { FriendshipDirectory } from './friendship.directory.js';
import { FriendRequestStore } from './ports/friend-request.store.port.js';
import { FriendshipStore } from './ports/friendship.store.port.js';
import { InvitationStore } from './ports/invitation.store.port.js';
import { RelationAnnouncer } from './relation.announcer.js';
import { RelationFacade } from './relation.facade.js';
import { RelationFollowUp } from './relation.follow-up.js';
import { RelationLimits } from './relation.limits.js';
import { RelationService } from './relation.service.js';
import { RelationSubscriber } from './relation.subscriber.js';
import { Stamps } from './stamps.js';

/** One SQL adapter for each store, whatever database the profile names. */
const stores = [
  {
    provide: FriendshipStore,
    useFactory: (database: Database, outbox: Outbox) => new TypeormFriendshipStore(database, outbox),
    inject: [Database, Outbox],
  },
  {
    provide: FriendRequestStore,
    useFactory: (database: Database) => new TypeormFriendRequestStore(database),
    inject: [Database],
  },
  {
    provide: InvitationStore,
    useFactory: (database: Database) => new TypeormInvitationStore(database),
    inject: [Database],
  },
  {
    provide: BlockStore,
    useFactory: (database: Database, outbox: Outbox) => new TypeormBlockStore(database, outbox),
    inject: [Database, Outbox],
  },
];

@Module({
  imports: [UserModule],
  controllers: [FriendController, FriendRequestController, InvitationController, BlockController],
  providers: [
    ...stores,
    Stamps,
    FriendshipDirectory,
    RelationLimits,
    RelationAnnouncer,
    RelationFollowUp,
    FriendNews,
    RelationSubscriber,
    FriendService,
    FriendRequestService,
    InvitationService,
    BlockService,
    { provide: RelationFacade, useClass: RelationService },
  ],
  exports: [RelationFacade],
})
export class RelationModule {}
