import { describeOnDatabases } from '../../../platform/database/spec/databases.fixture.js';
import { describeInvitationStoreContract } from '../ports/invitation.store.contract.js';
import { openTypeormStores } from '../spec/open-stores.fixture.js';

describeOnDatabases((open) => describeInvitationStoreContract(() => openTypeormStores(open)));
