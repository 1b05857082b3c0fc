import { expect, it } from '@jest/globals';
import { describeAccountStoreContract } from '../ports/account.store.contract.js';
import { openStores } from '../spec/open-stores.js';
import { TestPerson } from '../spec/test-person.js';
import { ROWS_OF_A_USER } from './user.rows.js';

describeAccountStoreContract(async () => {
  const { accounts, invitations, outbox, deleted } = await openStores();
  return {
    accounts,
    invitations,
    listDeleted: async () => {
      await outbox.drain();
      return deleted;
    },
  };
});

it('leaves no row of a deleted account in any table', async () => {
  const { accounts, sessions, database } = await openStores();
  const account = new TestPerson().account(1);
  await accounts.create(account);
  await sessions.open({
    ...{ sessionId: 's'.repeat(22), userId: account.userId, deviceId: account.device.deviceId },
    ...{ refreshHash: 'h', createdAt: 1, expiresAt: 2 },
  });
  expect(await accounts.delete(account.userId)).toEqual(['s'.repeat(22)]);
  for (const rows of ROWS_OF_A_USER) expect(await database.read((manager) => manager.count(rows))).toBe(0);
});
