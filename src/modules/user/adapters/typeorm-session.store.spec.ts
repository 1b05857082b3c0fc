import { describeOnDatabases } from '../../../platform/database/spec/databases.fixture.js';
import { describeSessionStoreContract } from '../ports/session.store.contract.js';
import { openStores } from '../spec/open-stores.js';

describeOnDatabases((open) => describeSessionStoreContract(() => openStores(open)));
