import { describeBlockStoreContract } from '../ports/block.store.contract.js';
import { openTypeormStores } from '../spec/open-stores.fixture.js';

describeBlockStoreContract(openTypeormStores);
