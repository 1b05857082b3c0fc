import { describe, expect, it } from '@jest/globals';
import { generateKeyPackage, getCiphersuiteFromName, getCiphersuiteImpl } from 'ts-mls';
import { TsMlsCryptoEngine } from './ts-mls-crypto-engine.js';
import { encodeKeyPackageMessage } from './mls-codec.js';
import { MLS_CAPABILITIES } from './mls-suite.js';
import { befriend, newDevice, newPair, newPerson, NO_DATA, packageOf, textOf, utf8 } from './people.fixture.js';

const DAY = 24 * 60 * 60_000;
const groupId = utf8('group-1');

describe('whom the engine lets in', () => {
  it('refuses a stranger, a swapped friend, and a missing friend when a group is made', async () => {
    const [alice, bob, mallory] = [await newPerson('alice'), await newPerson('bob'), await newPerson('mallory')];
    befriend(alice, bob);
    const both = [alice.userId, bob.userId];
    const bobs = (await packageOf(bob)).publicPackage;
    const mallorys = (await packageOf(mallory)).publicPackage;
    const make = (packages: Uint8Array[], expected = both) => alice.engine.createGroup(groupId, packages, expected);
    await expect(make([mallorys])).rejects.toMatchObject({ code: 'UNTRUSTED_MEMBER' });
    befriend(alice, mallory);
    await expect(make([mallorys])).rejects.toMatchObject({ code: 'UNTRUSTED_MEMBER' });
    await expect(make([bobs, mallorys])).rejects.toMatchObject({ code: 'UNTRUSTED_MEMBER' });
    await expect(make([bobs], [...both, mallory.userId])).rejects.toMatchObject({ code: 'BAD_KEY_PACKAGE' });
    await expect(make([])).rejects.toMatchObject({ code: 'BAD_KEY_PACKAGE' });
    await expect(make([bobs, bobs])).rejects.toMatchObject({ code: 'BAD_KEY_PACKAGE' });
  });

  it('refuses to join, or to follow a commit, when someone is there whom it does not expect', async () => {
    const [alice, bob, ghost] = [await newPerson('alice'), await newPerson('bob'), await newPerson('ghost')];
    befriend(alice, bob, ghost);
    const [both, all] = [
      [alice.userId, bob.userId],
      [alice.userId, bob.userId, ghost.userId],
    ];
    const packages = [await packageOf(bob), await packageOf(ghost)] as const;
    const made = await alice.engine.createGroup(
      groupId,
      packages.map((p) => p.publicPackage),
      all,
    );
    const joining = bob.engine.join(made.welcome, [packages[0].privatePackage], both);
    await expect(joining).rejects.toMatchObject({ code: 'UNTRUSTED_MEMBER' });

    const [aliceState, bobState] = await newPair(alice, bob);
    const adding = await alice.engine.add(aliceState, [(await packageOf(ghost)).publicPackage], all);
    const applying = bob.engine.applyCommit(bobState, adding.commit, both);
    await expect(applying).rejects.toMatchObject({ code: 'UNTRUSTED_MEMBER' });
    expect((await bob.engine.applyCommit(bobState, adding.commit, all)).removed).toBe(false);
  });

  it('refuses a key that changed, until the pin is changed too', async () => {
    const [alice, bob] = [await newPerson('alice'), await newPerson('bob')];
    const [aliceState, bobState] = await newPair(alice, bob);
    const { message } = await alice.engine.encrypt(aliceState, utf8('x'), NO_DATA);
    bob.policy.pins.set(alice.userId, bob.identityKey);
    await expect(bob.engine.decrypt(bobState, message)).rejects.toMatchObject({ code: 'UNTRUSTED_MEMBER' });
    bob.policy.pins.set(alice.userId, alice.identityKey);
    expect(textOf((await bob.engine.decrypt(bobState, message)).payload)).toBe('x');
  });

  it('refuses a certificate for another leaf key, by another identity, or of its own account by another key', async () => {
    const [alice, bob] = [await newPerson('alice'), await newPerson('bob')];
    const { certificate, identityKey, leafPrivateKey } = await newDevice(alice.identity, 'tablet');
    const create = (own: Parameters<typeof TsMlsCryptoEngine.create>[0]) => TsMlsCryptoEngine.create(own, alice.policy);
    const foreign = { certificate, identityKey: bob.identityKey, leafPrivateKey };
    await expect(create(foreign)).rejects.toMatchObject({ code: 'UNTRUSTED_MEMBER' });
    const swapped = { ...certificate, leafKey: bob.device.certificate.leafKey };
    await expect(create({ certificate: swapped, identityKey, leafPrivateKey })).rejects.toMatchObject({
      code: 'UNTRUSTED_MEMBER',
    });
    // A leaf that signs with a key which its certificate does not name.
    const thief = await create({ certificate, identityKey, leafPrivateKey: bob.device.leafPrivateKey });
    const [made] = await thief.createKeyPackages(1);
    befriend(alice, bob);
    const making = bob.engine.createGroup(groupId, [made?.publicPackage ?? NO_DATA], [alice.userId, bob.userId]);
    await expect(making).rejects.toMatchObject({ code: 'BAD_KEY_PACKAGE' });
  });

  it('refuses key packages that are over, not begun, of another suite, damaged, or no key packages', async () => {
    const alice = await newPerson('alice');
    const old = await newPerson('old', () => Date.now() - 100 * DAY);
    const future = await newPerson('future', () => Date.now() + 3 * DAY);
    befriend(alice, old, future);
    const make = (keyPackage: Uint8Array, userId: string) =>
      alice.engine.createGroup(groupId, [keyPackage], [alice.userId, userId]);
    for (const person of [old, future]) {
      const making = make((await packageOf(person)).publicPackage, person.userId);
      await expect(making).rejects.toMatchObject({ code: 'BAD_KEY_PACKAGE' });
    }
    const suite = await getCiphersuiteImpl(getCiphersuiteFromName('MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519'));
    const credential = { credentialType: 'basic', identity: utf8('x') } as const;
    const lifetime = { notBefore: 0n, notAfter: BigInt(Date.now()) };
    const other = await generateKeyPackage(credential, MLS_CAPABILITIES, lifetime, [], suite);
    const good = (await packageOf(await newPerson('bob'))).publicPackage;
    const damaged = good.slice();
    damaged[good.length - 1]! ^= 1;
    for (const bad of [encodeKeyPackageMessage(other.publicPackage), damaged, utf8('none'), new Uint8Array()]) {
      await expect(make(bad, 'bob')).rejects.toMatchObject({
        code: expect.stringMatching(/BAD_KEY_PACKAGE|UNTRUSTED/),
      });
    }
    await expect(make(encodeKeyPackageMessage(other.publicPackage), 'bob')).rejects.toThrow('another suite');
  });

  it('joins only by a package that it has, and says which was used', async () => {
    const [alice, bob] = [await newPerson('alice'), await newPerson('bob')];
    befriend(alice, bob);
    const both = [alice.userId, bob.userId];
    const packages = await bob.engine.createKeyPackages(3);
    const made = await alice.engine.createGroup(groupId, [packages[1]?.publicPackage ?? NO_DATA], both);
    const joined = await bob.engine.join(
      made.welcome,
      packages.map((p) => p.privatePackage),
      both,
    );
    expect(joined).toMatchObject({ usedKeyPackageReference: packages[1]?.reference, usedLastResort: false });
    expect(textOf(joined.groupId)).toBe('group-1');
    const without = bob.engine.join(made.welcome, [packages[0]?.privatePackage ?? NO_DATA], both);
    await expect(without).rejects.toMatchObject({ code: 'BAD_KEY_PACKAGE' });
    await expect(bob.engine.join(utf8('no'), [], both)).rejects.toMatchObject({ code: 'BAD_MESSAGE' });
  });
});
