import { describeOnDatabases } from '../../../platform/database/spec/databases.fixture.js';
import { describeBlockStoreContract } from '../ports/block.store.contract.js';
import { openTypeormStores } from '../spec/open-stores.fixture.js';

describeOnDatabases((open) => describeBlockStoreContract(() => openTypeormStores(open)));
