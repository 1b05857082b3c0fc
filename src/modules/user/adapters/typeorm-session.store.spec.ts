import { describeSessionStoreContract } from '../ports/session.store.contract.js';
import { openStores } from '../spec/open-stores.js';

describeSessionStoreContract(openStores);
