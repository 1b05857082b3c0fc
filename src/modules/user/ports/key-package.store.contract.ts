import { describe, expect, it } from '@jest/globals';
import { LIMITS } from '../../../protocol/limits.js';
import type { CheckedKeyPackage } from '../domain/key-package.js';
import { randomId, TestPerson } from '../spec/test-person.js';
import type { AccountStore } from './account.store.port.js';
import type { IdentityStore } from './identity.store.port.js';
import type { KeyPackageStore } from './key-package.store.port.js';

export interface KeyPackageStoreRig {
  readonly accounts: AccountStore;
  readonly identities: IdentityStore;
  readonly keyPackages: KeyPackageStore;
}

const NOW = 1_000_000;
const made = (count: number, notAfter = NOW + 1_000): CheckedKeyPackage[] =>
  Array.from({ length: count }, () => ({ keyPackage: randomId(), notAfter }));

export function describeKeyPackageStoreContract(create: () => Promise<KeyPackageStoreRig>): void {
  const registered = async () => {
    const rig = await create();
    const person = new TestPerson();
    await rig.accounts.create(person.account(NOW));
    const add = (keyPackages: CheckedKeyPackage[], lastResort?: CheckedKeyPackage, now = NOW) =>
      rig.keyPackages.add({ device: person.certificate(), keyPackages, now, ...(lastResort && { lastResort }) });
    return { ...rig, person, add };
  };

  describe('KeyPackageStore', () => {
    it('gives each package to one of 50 claims at once, and the last-resort one to the others', async () => {
      const { keyPackages, person, add } = await registered();
      const [lastResort] = made(1);
      const packages = made(10);
      await add(packages, lastResort);
      const claims = await Promise.all(Array.from({ length: 50 }, () => keyPackages.claim(person.userId, NOW)));
      const oneTime = claims.filter((claim) => claim?.lastResort === false).map((claim) => claim?.keyPackage);
      expect(new Set(oneTime)).toEqual(new Set(packages.map(({ keyPackage }) => keyPackage)));
      expect(oneTime).toHaveLength(10);
      const others = claims.filter((claim) => claim?.lastResort === true);
      expect(others).toHaveLength(40);
      expect(new Set(others.map((claim) => claim?.keyPackage))).toEqual(new Set([lastResort?.keyPackage]));
      expect(await keyPackages.count(person.userId, NOW)).toEqual({ available: 0, lastResort: true });
    });

    it('has nothing for who has published nothing', async () => {
      const { keyPackages, person } = await registered();
      expect(await keyPackages.claim(person.userId, NOW)).toBeNull();
      expect(await keyPackages.claim(randomId(), NOW)).toBeNull();
      expect(await keyPackages.count(person.userId, NOW)).toEqual({ available: 0, lastResort: false });
    });

    it('gives out the oldest first and tells how many are left', async () => {
      const { keyPackages, person, add } = await registered();
      const [old] = made(1);
      await add([old as CheckedKeyPackage]);
      await add(made(2), undefined, NOW + 1);
      expect(await keyPackages.claim(person.userId, NOW + 1)).toEqual({
        ...{ deviceId: person.deviceId, keyPackage: old?.keyPackage, lastResort: false, available: 2 },
      });
    });

    it('neither counts nor gives out what has expired', async () => {
      const { keyPackages, person, add } = await registered();
      await add(made(2), made(1)[0]);
      expect(await keyPackages.claim(person.userId, NOW + 1_000)).toBeNull();
      expect(await keyPackages.count(person.userId, NOW + 1_000)).toEqual({ available: 0, lastResort: false });
    });

    it('refuses what was uploaded before, claimed or not, and then stores nothing of the upload', async () => {
      const { keyPackages, person, add } = await registered();
      const packages = made(1);
      await add(packages);
      await expect(add([...made(1), ...packages])).rejects.toMatchObject({ code: 'KEY_PACKAGE_INVALID' });
      await keyPackages.claim(person.userId, NOW);
      await expect(add(packages)).rejects.toMatchObject({ code: 'KEY_PACKAGE_INVALID' });
      const [twin] = made(1);
      await expect(add([twin, twin] as CheckedKeyPackage[])).rejects.toMatchObject({ code: 'KEY_PACKAGE_INVALID' });
      expect(await keyPackages.count(person.userId, NOW)).toEqual({ available: 0, lastResort: false });
    });

    it('holds the cap under uploads at once', async () => {
      const { keyPackages, person, add } = await registered();
      const uploads = Array.from({ length: 8 }, () => add(made(20)));
      const results = await Promise.allSettled(uploads);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
      expect((await keyPackages.count(person.userId, NOW)).available).toBe(LIMITS.keyPackagesStored);
    });

    it('keeps one last-resort package, the newest', async () => {
      const { keyPackages, person, add } = await registered();
      const [first, second] = made(2);
      await add([], first);
      await add([], second);
      expect(await keyPackages.claim(person.userId, NOW)).toMatchObject({ keyPackage: second?.keyPackage });
    });

    it('stores nothing for a device that is not active or has another certificate by now', async () => {
      const { identities, keyPackages, person, add } = await registered();
      await add(made(3));
      const old = person.certificate();
      person.moveToNewDevice();
      await identities.replaceDevice(person.certificate(), person.identity.publicKey, NOW);
      expect(await keyPackages.count(person.userId, NOW)).toEqual({ available: 0, lastResort: false });
      for (const device of [old, { ...person.certificate(), signature: old.signature }]) {
        const upload = keyPackages.add({ device, keyPackages: made(1), now: NOW });
        await expect(upload).rejects.toMatchObject({ code: 'DEVICE_REPLACED' });
      }
    });
  });
}
