import { describe, expect, it } from '@jest/globals';
import { randomId, TestPerson } from '../spec/test-person.js';
import type { AccountStore } from './account.store.port.js';
import type { RegistrationInvitationStore } from './registration-invitation.store.port.js';

export interface AccountStoreRig {
  readonly accounts: AccountStore;
  readonly invitations: RegistrationInvitationStore;
  /** Users whose deletion was announced. */
  readonly listDeleted: () => Promise<string[]>;
}

const NOW = 1_000_000;
const codeOf = (result: PromiseSettledResult<unknown>): string =>
  result.status === 'fulfilled' ? 'OK' : (result.reason as { code: string }).code;

export function describeAccountStoreContract(create: () => Promise<AccountStoreRig>): void {
  describe('AccountStore', () => {
    it('finds what was created, by id and by name', async () => {
      const { accounts } = await create();
      const person = new TestPerson('alice');
      await accounts.create(person.account(NOW));
      const account = await accounts.find(person.userId);
      expect(account).toEqual({
        userId: person.userId,
        username: 'alice',
        role: 'user',
        displayName: 'alice',
        avatarColour: 'grey',
        identityKey: person.identity.publicKey,
        keyVersion: 1,
        settings: { sharePresence: true, shareTyping: true, shareRead: true, burnAfterReadSeconds: 30 },
        createdAt: NOW,
        device: person.certificate(),
      });
      expect(await accounts.findByUsername('alice')).toEqual(account);
      expect(await accounts.find(randomId())).toBeNull();
      expect(await accounts.findByUsername('ALICE')).toBeNull();
    });

    it('lists in the order asked for, without who does not exist', async () => {
      const { accounts } = await create();
      const [a, b] = [new TestPerson(), new TestPerson()];
      await accounts.create(a.account(NOW));
      await accounts.create(b.account(NOW));
      const listed = await accounts.list([b.userId, randomId(), a.userId]);
      expect(listed.map(({ userId }) => userId)).toEqual([b.userId, a.userId]);
      expect(await accounts.list([])).toEqual([]);
    });

    it('gives a name to one of many that want it at once', async () => {
      const { accounts } = await create();
      const people = Array.from({ length: 10 }, () => new TestPerson('wanted'));
      const results = await Promise.allSettled(people.map((person) => accounts.create(person.account(NOW))));
      expect(results.map(codeOf).sort()).toEqual(['OK', ...Array<string>(9).fill('USERNAME_TAKEN')]);
    });

    it('takes an identity key once, under whatever names', async () => {
      const { accounts } = await create();
      const person = new TestPerson();
      const requests = Array.from({ length: 5 }, (_, i) => ({
        ...person.account(NOW),
        username: `name_${i}`,
        device: { ...person.certificate(), deviceId: randomId() },
      }));
      const results = await Promise.allSettled(requests.map((each) => accounts.create(each)));
      expect(results.map(codeOf).sort()).toEqual([...Array<string>(4).fill('IDENTITY_KEY_TAKEN'), 'OK']);
    });

    it('refuses a device id that exists, and then nothing is left of the account', async () => {
      const { accounts } = await create();
      const [a, b] = [new TestPerson(), new TestPerson()];
      await accounts.create(a.account(NOW));
      b.deviceId = a.deviceId;
      await expect(accounts.create(b.account(NOW))).rejects.toMatchObject({ code: 'BAD_REQUEST' });
      expect(await accounts.findByUsername(b.username)).toBeNull();
    });

    it('uses an invitation up once, and keeps it when the name was taken', async () => {
      const { accounts, invitations } = await create();
      await invitations.add('hash', NOW + 10, NOW);
      await accounts.create(new TestPerson('taken').account(NOW));
      const unlucky = { ...new TestPerson('taken').account(NOW), invitationHash: 'hash' };
      await expect(accounts.create(unlucky)).rejects.toMatchObject({ code: 'USERNAME_TAKEN' });
      const invited = Array.from({ length: 5 }, () => ({ ...new TestPerson().account(NOW), invitationHash: 'hash' }));
      const results = await Promise.allSettled(invited.map((each) => accounts.create(each)));
      expect(results.map(codeOf).sort()).toEqual([...Array<string>(4).fill('INVITATION_INVALID'), 'OK']);
    });

    it('refuses an invitation that is unknown or expired', async () => {
      const { accounts, invitations } = await create();
      await invitations.add('old', NOW, NOW - 10);
      for (const invitationHash of ['old', 'unknown']) {
        const account = { ...new TestPerson().account(NOW), invitationHash };
        await expect(accounts.create(account)).rejects.toMatchObject({ code: 'INVITATION_INVALID' });
      }
    });

    it('changes only what is given', async () => {
      const { accounts } = await create();
      const person = new TestPerson();
      await accounts.create(person.account(NOW));
      expect(await accounts.update(person.userId, { displayName: 'Ada 👩‍🚀', settings: { shareRead: false } })).toBe(
        true,
      );
      expect(await accounts.update(person.userId, {})).toBe(true);
      expect(await accounts.update(randomId(), { displayName: 'x' })).toBe(false);
      expect(await accounts.find(person.userId)).toMatchObject({
        displayName: 'Ada 👩‍🚀',
        avatarColour: 'grey',
        settings: { sharePresence: true, shareTyping: true, shareRead: false, burnAfterReadSeconds: 30 },
      });
    });

    it('sets roles', async () => {
      const { accounts } = await create();
      const person = new TestPerson('boss');
      await accounts.create(person.account(NOW));
      expect(await accounts.setRole('boss', 'admin')).toBe(true);
      expect(await accounts.setRole('nobody', 'admin')).toBe(false);
      expect(await accounts.find(person.userId)).toMatchObject({ role: 'admin' });
    });

    it('deletes an account once, announces it, and frees name and key', async () => {
      const { accounts, listDeleted } = await create();
      const person = new TestPerson();
      await accounts.create(person.account(NOW));
      const results = await Promise.all([accounts.delete(person.userId), accounts.delete(person.userId)]);
      expect(results).toContain(null);
      expect(results).toContainEqual([]);
      expect(await accounts.find(person.userId)).toBeNull();
      expect(await listDeleted()).toEqual([person.userId]);
      await accounts.create(person.account(NOW));
    });

    it('counts accounts since a time', async () => {
      const { accounts } = await create();
      for (const time of [10, 20, 30]) await accounts.create(new TestPerson().account(time));
      expect(await accounts.countCreatedSince(20)).toBe(2);
    });
  });
}
