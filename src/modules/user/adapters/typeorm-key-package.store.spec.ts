import { describeOnDatabases } from '../../../platform/database/spec/databases.fixture.js';
import { describeKeyPackageStoreContract } from '../ports/key-package.store.contract.js';
import { openStores } from '../spec/open-stores.js';

describeOnDatabases((open) => describeKeyPackageStoreContract(() => openStores(open)));
