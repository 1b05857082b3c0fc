import { describeRegistrationInvitationStoreContract } from '../ports/registration-invitation.store.contract.js';
import { openStores } from '../spec/open-stores.js';

describeRegistrationInvitationStoreContract(openStores);
