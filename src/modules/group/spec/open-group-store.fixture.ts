import 'reflect-metadata';
import { Outbox, outboxSchema } from '../../../platform/database/outbox.js';
import { type OpenDatabase, openSqlite } from '../../../platform/database/spec/open-database.fixture.js';
import { InProcessEventBus } from '../../../platform/event-bus/adapters/in-process-event-bus.js';
import { PayloadValidators } from '../../../platform/validation/payload-validator.js';
import { TypeormGroupStore } from '../adapters/typeorm-group.store.js';
import { GroupDissolved, type GroupSubject } from '../group.events.js';
import { groupSchema } from '../group.schema.js';

const validators = new PayloadValidators();

/** The store, with what it needs around it. */
export async function openGroupStore(open: OpenDatabase = openSqlite) {
  const database = await open(outboxSchema, groupSchema);
  const bus = new InProcessEventBus(validators);
  const failures: unknown[] = [];
  const outbox = new Outbox(database, bus, (error) => failures.push(error));
  outbox.register(GroupDissolved);
  const dissolved: GroupSubject[] = [];
  bus.subscribe(GroupDissolved, (subject) => void dissolved.push(subject));
  return {
    store: new TypeormGroupStore(database, outbox),
    database,
    bus,
    outbox,
    transaction: <T>(work: () => Promise<T>): Promise<T> => database.transaction(work),
    drainDissolved: async () => {
      await outbox.drain();
      if (failures.length > 0) throw new AggregateError(failures);
      return dissolved.splice(0);
    },
    close: () => database.close(),
  };
}
