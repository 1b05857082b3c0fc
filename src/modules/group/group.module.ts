import { Module } from '@nestjs/common';
import { Database } from '../../platform/database/database.port.js';
import { Outbox } from '../../platform/database/outbox.js';
import { RelationModule } from '../relation/index.js';
import { UserModule } from '../user/index.js';
import { TypeormGroupStore } from './adapters/typeorm-group.store.js';
import { GroupController } from './group.controller.js';
import { GroupDirectory } from './group.directory.js';
import { GroupFacade } from './group.facade.js';
import { GroupLimits } from './group.limits.js';
import { GroupMembership } from './group.membership.js';
import { GroupNews } from './group.news.js';
import { GroupService } from './group.service.js';
import { GroupSubscriber } from './group.subscriber.js';
import { LocalGroupFacade } from './local-group.facade.js';
import { MemberKeysController } from './member-keys.controller.js';
import { MemberKeysService } from './member-keys.service.js';
import { GroupStore } from './ports/group.store.port.js';

@Module({
  imports: [UserModule, RelationModule],
  controllers: [GroupController, MemberKeysController],
  providers: [
    {
      provide: GroupStore,
      inject: [Database, Outbox],
      useFactory: (database: Database, outbox: Outbox) => new TypeormGroupStore(database, outbox),
    },
    GroupDirectory,
    GroupLimits,
    GroupMembership,
    GroupNews,
    GroupSubscriber,
    GroupService,
    MemberKeysService,
    { provide: GroupFacade, useClass: LocalGroupFacade },
  ],
  exports: [GroupFacade],
})
export class GroupModule {}
