import { describe, expect, it } from '@jest/globals';
import { keyHistoryBytes, type KeyHistoryEntry } from '../../../protocol/signing.js';
import { signedHistoryEntry } from '../domain/identity.js';
import { randomId, TestKey, TestPerson } from '../spec/test-person.js';
import type { AccountStore } from './account.store.port.js';
import type { IdentityStore } from './identity.store.port.js';
import type { SessionStore } from './session.store.port.js';

export interface IdentityStoreRig {
  readonly accounts: AccountStore;
  readonly identities: IdentityStore;
  readonly sessions: SessionStore;
}

const NOW = 1_000_000;

function nextEntry(person: TestPerson, previous: KeyHistoryEntry, key: TestKey): KeyHistoryEntry {
  const link = { version: previous.version + 1, identityKey: key.publicKey, createdAt: 2, previousHash: previous.hash };
  const signature = person.identity.sign(keyHistoryBytes(person.userId, link));
  return signedHistoryEntry(person.userId, { identityKey: key.publicKey, createdAt: 2, signature }, previous);
}

export function describeIdentityStoreContract(create: () => Promise<IdentityStoreRig>): void {
  const registered = async () => {
    const rig = await create();
    const person = new TestPerson();
    const account = person.account(NOW);
    await rig.accounts.create(account);
    const open = (sessionId: string) => {
      const { userId, deviceId } = person;
      return rig.sessions.open({ sessionId, userId, deviceId, refreshHash: 'h', createdAt: NOW, expiresAt: NOW + 9 });
    };
    return { ...rig, person, genesis: account.genesis, open };
  };

  describe('IdentityStore', () => {
    it('appends to the history and re-certifies the device', async () => {
      const { accounts, identities, person, genesis } = await registered();
      const key = new TestKey();
      const entry = nextEntry(person, genesis, key);
      expect(await identities.changeKey(entry, person.certificate(key))).toBe(true);
      expect(await identities.listKeyHistory(person.userId)).toEqual([genesis, entry]);
      expect(await accounts.find(person.userId)).toMatchObject({
        identityKey: key.publicKey,
        keyVersion: 2,
        device: person.certificate(key),
      });
    });

    it('lets one of two changes from the same version win', async () => {
      const { identities, person, genesis } = await registered();
      const keys = [new TestKey(), new TestKey(), new TestKey()];
      const results = await Promise.all(
        keys.map((key) => identities.changeKey(nextEntry(person, genesis, key), person.certificate(key))),
      );
      expect(results.filter(Boolean)).toHaveLength(1);
      expect(await identities.listKeyHistory(person.userId)).toHaveLength(2);
    });

    it('changes nothing for a device that is not the active one', async () => {
      const { accounts, identities, person, genesis } = await registered();
      const key = new TestKey();
      const other = { ...person.certificate(key), deviceId: randomId() };
      expect(await identities.changeKey(nextEntry(person, genesis, key), other)).toBe(false);
      expect(await accounts.find(person.userId)).toMatchObject({ keyVersion: 1, identityKey: genesis.identityKey });
    });

    it('refuses a key that any account has or had', async () => {
      const { accounts, identities, person, genesis } = await registered();
      const other = new TestPerson();
      await accounts.create(other.account(NOW));
      const entry = nextEntry(person, genesis, other.identity);
      const change = identities.changeKey(entry, person.certificate(other.identity));
      await expect(change).rejects.toMatchObject({ code: 'IDENTITY_KEY_TAKEN' });
      expect(await accounts.find(person.userId)).toMatchObject({ keyVersion: 1 });
    });

    it('replaces the device and ends its sessions', async () => {
      const { accounts, identities, sessions, person, open } = await registered();
      const [first, second] = [randomId(), randomId()];
      await open(first);
      await open(second);
      person.moveToNewDevice();
      const ended = await identities.replaceDevice(person.certificate(), person.identity.publicKey, NOW + 1);
      expect(ended?.sort()).toEqual([first, second].sort());
      expect(await sessions.find(first)).toMatchObject({ ended: 'DEVICE_REPLACED' });
      expect(await accounts.find(person.userId)).toMatchObject({ device: person.certificate() });
    });

    it('opens no session for a device that was replaced', async () => {
      const { identities, sessions, person, open } = await registered();
      const certificate = { ...person.certificate(), deviceId: randomId() };
      const sessionId = randomId();
      const [, opened] = await Promise.all([
        identities.replaceDevice(certificate, person.identity.publicKey, NOW),
        open(sessionId),
      ]);
      const session = await sessions.find(sessionId);
      expect(opened === null ? session : session?.ended).toBe(opened === null ? null : 'DEVICE_REPLACED');
      expect(await open(randomId())).toBeNull();
    });

    it('keeps one active device however many are added at once', async () => {
      const { accounts, identities, person } = await registered();
      const certificates = Array.from({ length: 5 }, () => ({ ...person.certificate(), deviceId: randomId() }));
      await Promise.all(certificates.map((each) => identities.replaceDevice(each, person.identity.publicKey, NOW)));
      const account = await accounts.find(person.userId);
      expect(certificates.map(({ deviceId }) => deviceId)).toContain(account?.device.deviceId);
      expect(await accounts.list([person.userId])).toHaveLength(1);
    });

    it('refuses a device that another key certified, or whose id exists', async () => {
      const { identities, person } = await registered();
      const stranger = { ...person.certificate(), deviceId: randomId() };
      expect(await identities.replaceDevice(stranger, new TestKey().publicKey, NOW)).toBeNull();
      const again = identities.replaceDevice(person.certificate(), person.identity.publicKey, NOW);
      await expect(again).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    });

    it('has no history of an unknown user', async () => {
      const { identities } = await registered();
      expect(await identities.listKeyHistory(randomId())).toEqual([]);
    });
  });
}
