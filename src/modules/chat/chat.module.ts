import { Module, type Provider } from '@nestjs/common';
import type { AshwireConfig } from '../../config/config.schema.js';
import { CONFIG } from '../../config/config.token.js';
import { adapterMissing } from '../../config/built-adapters.js';
import { Database } from '../../platform/database/database.port.js';
import { Outbox } from '../../platform/database/outbox.js';
import { RedisConnections } from '../../platform/redis/redis-connections.js';
import { Clock } from '../../shared/clock.js';
import { Ids } from '../../shared/ids.js';
import { GroupModule } from '../group/index.js';
import { RelationModule } from '../relation/index.js';
import { UserModule } from '../user/index.js';
import { InMemoryMessageStore } from './adapters/in-memory-message.store.js';
import { RedisMessageStore } from './adapters/redis-message.store.js';
import { TypeormConversationStore } from './adapters/typeorm-conversation.store.js';
import { ChatGateway } from './chat.gateway.js';
import { ConversationDirectory } from './conversation.directory.js';
import { ConversationNotices } from './conversation.notices.js';
import { ConversationReader } from './conversation.reader.js';
import { ConversationService } from './conversation.service.js';
import { EpochNews } from './epoch.news.js';
import { HandshakeGateway } from './handshake.gateway.js';
import { HandshakeLimits } from './handshake.limits.js';
import { HandshakeService } from './handshake.service.js';
import { MembershipController } from './membership.controller.js';
import { MembershipService } from './membership.service.js';
import { MessageService } from './message.service.js';
import { ConversationStore } from './ports/conversation.store.port.js';
import { MessageStore } from './ports/message.store.port.js';
import { PresenceService } from './presence.service.js';
import { PresenceSubscriber } from './presence.subscriber.js';
import { Reaper } from './reaper.js';
import { ReceiptService } from './receipt.service.js';
import { SharingDirectory } from './sharing.directory.js';
import { TypingService } from './typing.service.js';

const stores: Provider[] = [
  {
    provide: ConversationStore,
    inject: [Database, Outbox, Clock],
    useFactory: (database: Database, outbox: Outbox, clock: Clock) =>
      new TypeormConversationStore(database, outbox, clock),
  },
  {
    provide: MessageStore,
    inject: [CONFIG, Clock, Ids, RedisConnections],
    useFactory: (
      { adapters, messages }: AshwireConfig,
      clock: Clock,
      ids: Ids,
      redis: RedisConnections,
    ): MessageStore => {
      switch (adapters.messageStore) {
        case 'memory':
          return new InMemoryMessageStore(clock, ids, messages.lifeMs, messages.reapEveryMs);
        case 'redis':
          return new RedisMessageStore(redis, clock, ids, messages.lifeMs);
        case 'redis-cluster':
          throw adapterMissing('messageStore', adapters.messageStore);
      }
    },
  },
];

@Module({
  imports: [UserModule, RelationModule, GroupModule],
  controllers: [MembershipController],
  providers: [
    ...stores,
    ConversationReader,
    ConversationDirectory,
    SharingDirectory,
    MessageService,
    ReceiptService,
    ConversationNotices,
    ConversationService,
    EpochNews,
    HandshakeLimits,
    HandshakeService,
    MembershipService,
    PresenceService,
    PresenceSubscriber,
    TypingService,
    Reaper,
    ChatGateway,
    HandshakeGateway,
  ],
})
export class ChatModule {}
