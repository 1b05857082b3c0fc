import { describeKeyPackageStoreContract } from '../ports/key-package.store.contract.js';
import { openStores } from '../spec/open-stores.js';

describeKeyPackageStoreContract(openStores);
