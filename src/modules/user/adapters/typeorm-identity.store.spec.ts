import { describeOnDatabases } from '../../../platform/database/spec/databases.fixture.js';
import { describeIdentityStoreContract } from '../ports/identity.store.contract.js';
import { openStores } from '../spec/open-stores.js';

describeOnDatabases((open) => describeIdentityStoreContract(() => openStores(open)));
