import 'reflect-metadata';
import type { AshwireConfig } from '../../../config/config.schema.js';
import { ProcessCaches } from '../../../platform/cache/process-caches.js';
import { SqliteDatabase } from '../../../platform/database/adapters/sqlite-database.js';
import { Outbox, outboxSchema } from '../../../platform/database/outbox.js';
import { Delivery } from '../../../platform/delivery/delivery.port.js';
import { InProcessEventBus } from '../../../platform/event-bus/adapters/in-process-event-bus.js';
import { InProcessSignals } from '../../../platform/signals/adapters/in-process-signals.js';
import { PayloadValidators } from '../../../platform/validation/payload-validator.js';
import type { ManualClock } from '../../../shared/clock.js';
import { DomainError } from '../../../shared/domain-error.js';
import { RandomIds } from '../../../shared/ids.js';
import type { GroupFacade } from '../../group/index.js';
import type { RelationFacade } from '../../relation/index.js';
import type { UserFacade } from '../../user/index.js';
import { chatSchema } from '../adapters/chat.schema.js';
import { TypeormConversationStore } from '../adapters/typeorm-conversation.store.js';
import { ConversationDirectory } from '../conversation.directory.js';
import { ConversationReader } from '../conversation.reader.js';
import { MessageService } from '../message.service.js';
import type { MessageStore } from '../ports/message.store.port.js';

const ids = new RandomIds();

/** Everyone is connected, and what they got can be looked up. */
class Recorded extends Delivery {
  readonly told: { readonly userId: string; readonly event: string }[] = [];

  toUser(userId: string, event: string): void {
    this.told.push({ userId, event });
  }

  closeSession(): void {
    throw new Error('messages close no session');
  }

  closeUser(): void {
    throw new Error('messages close no user');
  }
}

/** What the other modules say: one group, and how often it was read. */
export class OneGroup {
  readonly groupId = ids.next();
  reads = 0;
  /** Holds up a reading that has seen the members. */
  gate: Promise<void> = Promise.resolve();
  readonly wishes = new Map<string, number>();

  constructor(public members: readonly string[]) {}

  readonly groups = {
    find: (id: string) => (id === this.groupId ? this.read() : Promise.resolve(null)),
    listKnown: async () => [await this.read()],
  } as unknown as GroupFacade;

  readonly relations = {
    findFriendship: () => Promise.resolve(null),
    listFriendships: () => Promise.resolve([]),
  } as unknown as RelationFacade;

  readonly users = {
    getSettings: (userId: string) => {
      const burnAfterReadSeconds = this.wishes.get(userId);
      if (burnAfterReadSeconds === undefined) return Promise.reject(new DomainError('NOT_FOUND'));
      return Promise.resolve({ burnAfterReadSeconds });
    },
  } as unknown as UserFacade;

  private async read() {
    this.reads += 1;
    const found = { groupId: this.groupId, ownerId: '', members: this.members, createdAt: 1 };
    await this.gate;
    return found;
  }
}

/** Nodes on the same stores, each with its own bus, and with signals that no other node hears. */
export async function openNodes(messages: MessageStore, clock: ManualClock, world: OneGroup) {
  const database = await SqliteDatabase.open(':memory:', {
    rows: [...outboxSchema.rows, ...chatSchema.rows],
    migrations: [...outboxSchema.migrations, ...chatSchema.migrations],
  });
  const burst = { burst: 1_000, perSecond: 1_000 };
  const config = { limits: { messagesPerConversation: burst } } as unknown as AshwireConfig;

  const node = () => {
    const bus = new InProcessEventBus(new PayloadValidators());
    const outbox = new Outbox(database, bus, () => undefined, clock);
    const store = new TypeormConversationStore(database, outbox, clock);
    const reader = new ConversationReader(world.relations, world.groups, world.users, store, messages);
    const caches = new ProcessCaches(new InProcessSignals(), clock);
    const directory = new ConversationDirectory(reader, messages, caches, bus, outbox);
    directory.onModuleInit();
    const delivery = new Recorded();
    const service = new MessageService(config, directory, messages, delivery, clock);
    const send = (userId: string, epoch = 0) =>
      service.send(
        { userId, deviceId: userId, sessionId: userId, role: 'user' },
        {
          ...{ conversationId: world.groupId, clientMessageId: ids.next(), epoch },
          ...{ ciphertext: 'sealed', burnAfterReadSeconds: 30 },
        },
      );
    return { bus, outbox, store, directory, delivery, send };
  };
  return { node, close: () => database.close() };
}
