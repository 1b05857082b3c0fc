import { describe, expect, it } from '@jest/globals';
import { LoginService } from './login.service.js';
import { KeyPackageService } from './key-package.service.js';
import { keyPackageOf, type KeyPackageOptions, text } from './spec/test-key-packages.js';
import { TestKey, TestPerson } from './spec/test-person.js';
import { startUserModule } from './spec/user-rig.js';
import { UserFacade } from './user.facade.js';

const started = async () => {
  const rig = await startUserModule();
  const person = new TestPerson();
  const caller = await rig.principal(await rig.register(person));
  const several = (count: number) => Promise.all(Array.from({ length: count }, () => keyPackageOf(person)));
  return { rig, person, caller, several, keyPackages: rig.get(KeyPackageService), facade: rig.get(UserFacade) };
};
const INVALID = { code: 'KEY_PACKAGE_INVALID' };
const SECONDS = BigInt(Date.UTC(2026, 0, 1) / 1_000);

describe('uploading key packages', () => {
  it('stores a batch and a last-resort package', async () => {
    const { caller, several, keyPackages } = await started();
    const [lastResort = '', ...batch] = await several(4);
    const count = await keyPackages.upload(caller, { keyPackages: batch, lastResort });
    expect(count).toEqual({ available: 3, lastResort: true });
    expect(await keyPackages.count(caller)).toEqual(count);
  });

  it.each<[string, KeyPackageOptions]>([
    ['another cipher suite', { suite: 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519' }],
    ['one that has expired', { lifetime: { notBefore: 0n, notAfter: SECONDS } }],
    ['one that is not valid yet', { lifetime: { notBefore: SECONDS + 7_200n, notAfter: SECONDS * 2n } }],
    ['the credential of another', { credentialOf: new TestPerson() }],
    ['a broken signature', { alter: (kp) => ({ ...kp, signature: kp.signature.toReversed() }) }],
    ['another init key than was signed', { alter: (kp) => ({ ...kp, initKey: kp.initKey.toReversed() }) }],
    [
      'a broken leaf signature',
      { alter: (kp) => ({ ...kp, leafNode: { ...kp.leafNode, signature: kp.leafNode.signature.toReversed() } }) },
    ],
  ])('refuses %s', async (_, options) => {
    const { person, caller, several, keyPackages } = await started();
    const batch = [...(await several(1)), await keyPackageOf(person, options)];
    await expect(keyPackages.upload(caller, { keyPackages: batch })).rejects.toMatchObject(INVALID);
    const [good = ''] = await several(1);
    const asLastResort = keyPackages.upload(caller, { keyPackages: [good], lastResort: batch[1] ?? '' });
    await expect(asLastResort).rejects.toMatchObject(INVALID);
    expect(await keyPackages.count(caller)).toEqual({ available: 0, lastResort: false });
  });

  it('refuses a leaf key that is not the device’s', async () => {
    const { person, caller, keyPackages } = await started();
    const thief = Object.assign(new TestPerson(), { leaf: new TestKey() });
    const keyPackage = await keyPackageOf(thief, { credentialOf: person });
    await expect(keyPackages.upload(caller, { keyPackages: [keyPackage] })).rejects.toMatchObject(INVALID);
  });

  it('refuses what is not exactly one key package', async () => {
    const { caller, several, keyPackages } = await started();
    const [good = ''] = await several(1);
    const bytes = Buffer.from(good, 'base64url');
    const bad = [
      text(Buffer.concat([bytes, Buffer.from([0])])),
      text(bytes.subarray(0, -1)),
      text(bytes.subarray(4)),
      text(Buffer.alloc(8_193)),
      `${good}=`,
      'AAAA',
      'ÿ',
    ];
    for (const each of bad) {
      await expect(keyPackages.upload(caller, { keyPackages: [each] })).rejects.toMatchObject(INVALID);
    }
  });

  it('refuses the same package twice', async () => {
    const { caller, several, keyPackages } = await started();
    const batch = await several(1);
    await keyPackages.upload(caller, { keyPackages: batch });
    await expect(keyPackages.upload(caller, { keyPackages: batch })).rejects.toMatchObject(INVALID);
  });

  it('is counted per user', async () => {
    const { rig, caller, keyPackages } = await started();
    for (let i = 0; i < rig.config.limits.keyPackageUploadsPerUser.points; i++) {
      await keyPackages.upload(caller, { keyPackages: [] });
    }
    await expect(keyPackages.upload(caller, { keyPackages: [] })).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('is refused to a device that was replaced', async () => {
    const { rig, person, caller, several, keyPackages, facade } = await started();
    await keyPackages.upload(caller, { keyPackages: await several(2) });
    const late = await several(1);
    person.moveToNewDevice();
    await rig.get(LoginService).addDevice(await rig.addDeviceRequest(person));
    await expect(keyPackages.upload(caller, { keyPackages: late })).rejects.toMatchObject({ code: 'DEVICE_REPLACED' });
    await expect(facade.claimKeyPackage(person.userId)).rejects.toMatchObject({ code: 'KEY_PACKAGE_NONE' });
  });
});

describe('claiming a key package', () => {
  it('takes a new one each time and asks the owner for more when few are left', async () => {
    const { rig, person, caller, several, keyPackages, facade } = await started();
    const [lastResort = '', ...batch] = await several(12);
    await keyPackages.upload(caller, { keyPackages: batch, lastResort });
    const first = await facade.claimKeyPackage(person.userId);
    const { userId, deviceId } = person;
    expect(first).toEqual({ userId, deviceId, keyPackage: expect.any(String) as unknown, lastResort: false });
    expect(rig.sent).toEqual([]);
    const claims = await Promise.all(Array.from({ length: 12 }, () => facade.claimKeyPackage(userId)));
    const all = [first, ...claims];
    expect(new Set(all.filter((claim) => !claim.lastResort).map((claim) => claim.keyPackage))).toEqual(new Set(batch));
    expect(all.filter((claim) => claim.lastResort).map((claim) => claim.keyPackage)).toEqual([lastResort, lastResort]);
    expect(rig.sent).toContainEqual(['key-packages:low', userId, { available: 9 }]);
    expect(rig.sent.at(-1)).toEqual(['key-packages:low', userId, { available: 0 }]);
  });
});
