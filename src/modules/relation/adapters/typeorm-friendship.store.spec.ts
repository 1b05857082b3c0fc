import { describeFriendshipStoreContract } from '../ports/friendship.store.contract.js';
import { openTypeormStores } from '../spec/open-stores.fixture.js';

describeFriendshipStoreContract(openTypeormStores);
