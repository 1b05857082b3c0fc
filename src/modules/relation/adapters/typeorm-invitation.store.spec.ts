import { describeInvitationStoreContract } from '../ports/invitation.store.contract.js';
import { openTypeormStores } from '../spec/open-stores.fixture.js';

describeInvitationStoreContract(openTypeormStores);
