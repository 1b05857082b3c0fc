import { describeOnDatabases } from '../../../platform/database/spec/databases.fixture.js';
import { describeFriendRequestStoreContract } from '../ports/friend-request.store.contract.js';
import { openTypeormStores } from '../spec/open-stores.fixture.js';

describeOnDatabases((open) => describeFriendRequestStoreContract(() => openTypeormStores(open)));
