import { describe, expect, it } from '@jest/globals';
import { TestPerson } from '../spec/test-person.js';
import type { AccountStore } from './account.store.port.js';
import type { RegistrationInvitationStore } from './registration-invitation.store.port.js';

export interface RegistrationInvitationStoreRig {
  readonly accounts: AccountStore;
  readonly invitations: RegistrationInvitationStore;
}

export function describeRegistrationInvitationStoreContract(
  create: () => Promise<RegistrationInvitationStoreRig>,
): void {
  describe('RegistrationInvitationStore', () => {
    it('keeps each invitation until it is used or expires', async () => {
      const { accounts, invitations } = await create();
      await invitations.add('short', 10, 0);
      await invitations.add('long', 100, 0);
      await invitations.add('longer', 200, 50);
      const register = (invitationHash: string) => accounts.create({ ...new TestPerson().account(60), invitationHash });
      await expect(register('short')).rejects.toMatchObject({ code: 'INVITATION_INVALID' });
      await register('long');
      await register('longer');
    });
  });
}
