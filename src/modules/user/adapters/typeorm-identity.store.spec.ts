import { describeIdentityStoreContract } from '../ports/identity.store.contract.js';
import { openStores } from '../spec/open-stores.js';

describeIdentityStoreContract(openStores);
