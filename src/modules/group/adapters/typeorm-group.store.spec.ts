import { describeGroupStoreContract } from '../ports/group.store.contract.js';
import { openGroupStore } from '../spec/open-group-store.fixture.js';

describeGroupStoreContract(openGroupStore);
