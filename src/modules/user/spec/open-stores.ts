import { Outbox, outboxSchema } from '../../../platform/database/outbox.js';
import { type OpenDatabase, openSqlite } from '../../../platform/database/spec/open-database.fixture.js';
import { InProcessEventBus } from '../../../platform/event-bus/adapters/in-process-event-bus.js';
import { PayloadValidators } from '../../../platform/validation/payload-validator.js';
import { TypeormAccountStore } from '../adapters/typeorm-account.store.js';
import { TypeormIdentityStore } from '../adapters/typeorm-identity.store.js';
import { TypeormKeyPackageStore } from '../adapters/typeorm-key-package.store.js';
import { TypeormRegistrationInvitationStore } from '../adapters/typeorm-registration-invitation.store.js';
import { TypeormSessionStore } from '../adapters/typeorm-session.store.js';
import { userSchema } from '../user.schema.js';
import { UserDeleted } from '../user.events.js';

/** The SQL stores over one new, empty database. */
export async function openStores(open: OpenDatabase = openSqlite) {
  const database = await open(outboxSchema, userSchema);
  const bus = new InProcessEventBus(new PayloadValidators());
  const outbox = new Outbox(database, bus, (error) => {
    throw error;
  });
  const deleted: string[] = [];
  bus.subscribe(UserDeleted, ({ userId }) => void deleted.push(userId));
  return {
    ...{ database, bus, outbox, deleted },
    accounts: new TypeormAccountStore(database, outbox),
    identities: new TypeormIdentityStore(database),
    sessions: new TypeormSessionStore(database),
    keyPackages: new TypeormKeyPackageStore(database),
    invitations: new TypeormRegistrationInvitationStore(database),
  };
}

export type OpenStores = Awaited<ReturnType<typeof openStores>>;
