import { describeFriendRequestStoreContract } from '../ports/friend-request.store.contract.js';
import { openTypeormStores } from '../spec/open-stores.fixture.js';

describeFriendRequestStoreContract(openTypeormStores);
