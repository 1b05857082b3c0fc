import { describeOnDatabases } from '../../../platform/database/spec/databases.fixture.js';
import { describeRegistrationInvitationStoreContract } from '../ports/registration-invitation.store.contract.js';
import { openStores } from '../spec/open-stores.js';

describeOnDatabases((open) => describeRegistrationInvitationStoreContract(() => openStores(open)));
