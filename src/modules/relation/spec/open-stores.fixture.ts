import 'reflect-metadata';
import type { Database } from '../../../platform/database/database.port.js';
import { Outbox, outboxSchema } from '../../../platform/database/outbox.js';
import { type OpenDatabase, openSqlite } from '../../../platform/database/spec/open-database.fixture.js';
import { InProcessEventBus } from '../../../platform/event-bus/adapters/in-process-event-bus.js';
import { PayloadValidators } from '../../../platform/validation/payload-validator.js';
import { RandomIds } from '../../../shared/ids.js';
import { relationSchema } from '../relation.schema.js';
import { TypeormBlockStore } from '../adapters/typeorm-block.store.js';
import { TypeormFriendRequestStore } from '../adapters/typeorm-friend-request.store.js';
import { TypeormFriendshipStore } from '../adapters/typeorm-friendship.store.js';
import { TypeormInvitationStore } from '../adapters/typeorm-invitation.store.js';
import type { RelationStores } from './relation-stores.fixture.js';
import { FriendshipEnded, type FriendshipSubject } from '../relation.events.js';

const validators = new PayloadValidators();
const ids = new RandomIds();

/** The four stores on one database, with what they need around them. */
export async function openTypeormStores(
  open: OpenDatabase = openSqlite,
): Promise<RelationStores & { bus: InProcessEventBus; outbox: Outbox; database: Database }> {
  const database = await open(outboxSchema, relationSchema);
  const bus = new InProcessEventBus(validators);
  const failures: unknown[] = [];
  const outbox = new Outbox(database, bus, (error) => failures.push(error));
  outbox.register(FriendshipEnded);
  const ended: FriendshipSubject[] = [];
  bus.subscribe(FriendshipEnded, (subject) => void ended.push(subject));
  return {
    friendships: new TypeormFriendshipStore(database, outbox),
    requests: new TypeormFriendRequestStore(database),
    invitations: new TypeormInvitationStore(database),
    blocks: new TypeormBlockStore(database, outbox),
    ids,
    database,
    bus,
    outbox,
    drainEnded: async () => {
      await outbox.drain();
      if (failures.length > 0) throw new AggregateError(failures);
      return ended.splice(0);
    },
    close: () => database.close(),
  };
}
