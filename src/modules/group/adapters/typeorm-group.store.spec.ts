import { describeOnDatabases } from '../../../platform/database/spec/databases.fixture.js';
import { describeGroupStoreContract } from '../ports/group.store.contract.js';
import { openGroupStore } from '../spec/open-group-store.fixture.js';

describeOnDatabases((open) => describeGroupStoreContract(() => openGroupStore(open)));
