import { describeOnDatabases } from '../../../platform/database/spec/databases.fixture.js';
import { describeFriendshipStoreContract } from '../ports/friendship.store.contract.js';
import { openTypeormStores } from '../spec/open-stores.fixture.js';

describeOnDatabases((open) => describeFriendshipStoreContract(() => openTypeormStores(open)));
