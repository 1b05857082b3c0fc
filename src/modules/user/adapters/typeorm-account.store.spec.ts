import { expect, it } from '@jest/globals';
import { describeOnDatabases } from '../../../platform/database/spec/databases.fixture.js';
import { describeAccountStoreContract } from '../ports/account.store.contract.js';
import { openStores } from '../spec/open-stores.js';
import { randomId, TestPerson } from '../spec/test-person.js';
import { ROWS_OF_A_USER } from './user.rows.js';

describeOnDatabases((open) => {
  describeAccountStoreContract(async () => {
    const { accounts, invitations, outbox, deleted } = await openStores(open);
    return {
      accounts,
      invitations,
      listDeleted: async () => {
        await outbox.drain();
        return deleted;
      },
    };
  });

  it('tells of every session that was opened, also while it is deleted', async () => {
    const { accounts, sessions } = await openStores(open);
    for (let round = 0; round < 10; round += 1) {
      const { userId, device, ...account } = new TestPerson().account(1);
      await accounts.create({ ...account, userId, device });
      const openSession = async () => {
        const session = { sessionId: randomId(), userId, deviceId: device.deviceId, refreshHash: 'h' };
        return (await sessions.open({ ...session, createdAt: 1, expiresAt: 2 })) && session.sessionId;
      };
      const deletion = accounts.delete(userId);
      const opened = await Promise.all(Array.from({ length: 10 }, openSession));
      expect(await deletion).toEqual(expect.arrayContaining(opened.filter((id) => id !== null)));
    }
  });

  it('leaves no row of a deleted account in any table', async () => {
    const { accounts, sessions, database } = await openStores(open);
    const account = new TestPerson().account(1);
    await accounts.create(account);
    await sessions.open({
      ...{ sessionId: 's'.repeat(22), userId: account.userId, deviceId: account.device.deviceId },
      ...{ refreshHash: 'h', createdAt: 1, expiresAt: 2 },
    });
    expect(await accounts.delete(account.userId)).toEqual(['s'.repeat(22)]);
    for (const rows of ROWS_OF_A_USER) expect(await database.read((manager) => manager.count(rows))).toBe(0);
  });
});
