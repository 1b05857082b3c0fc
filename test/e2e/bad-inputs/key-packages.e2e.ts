import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LIMITS } from '../../../src/protocol/limits.js';
import { befriend, type RawPerson } from '../../rig/raw-person.js';
import type { RunningServer } from '../../rig/server.js';
import { Canary, startTestServer } from './canary.js';
import { type KeyPackageChange, keyPackageOf, type Publisher, registerPublisher } from './key-packages.js';

const PLENTY = { points: 100_000 };

describe('key packages that must not be published, and claims that must not be', () => {
  let server: RunningServer;
  let canary: Canary;
  let alice: Publisher;
  let mallory: Publisher;
  beforeAll(async () => {
    server = await startTestServer({ limits: { keyPackageUploadsPerUser: PLENTY, keyPackageClaimsPerPair: PLENTY } });
    canary = await Canary.start(server.url);
    alice = await registerPublisher(server.url);
    mallory = await registerPublisher(server.url);
  });
  afterAll(async () => {
    canary.stop();
    await server.close();
  });

  type Count = { available: number; lastResort: boolean };
  const upload = ({ person }: Publisher, keyPackages: string[], lastResort?: string) =>
    person.request<Count>('POST', '/api/me/key-packages', {
      keyPackages,
      ...(lastResort !== undefined && { lastResort }),
    });
  const countOf = async ({ person }: Publisher): Promise<number> =>
    (await person.request<Count>('GET', '/api/me/key-packages')).body.available;
  const claim = (by: RawPerson, of: Publisher) =>
    by.request<{ keyPackage: string; lastResort: boolean }>(
      'POST',
      `/api/friends/${of.person.tokens.userId}/key-package`,
    );
  const many = (of: Publisher, count: number): Promise<string[]> =>
    Promise.all(Array.from({ length: count }, () => keyPackageOf(of)));

  const now = BigInt(Math.floor(Date.now() / 1_000));
  const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
  const changes: Record<string, () => KeyPackageChange> = {
    'of another suite': () => ({ suite: 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519' }),
    'that has expired': () => ({ lifetime: { notBefore: now - 100n, notAfter: now - 1n } }),
    'of the day after tomorrow': () => ({ lifetime: { notBefore: now + 172_800n, notAfter: now + 300_000n } }),
    'with the credential of alice': () => ({ credentialOf: alice }),
    'with a broken signature': () => ({ alter: (each) => ({ ...each, signature: flip(each.signature) }) }),
    'with a broken leaf signature': () => ({
      alter: (each) => ({ ...each, leafNode: { ...each.leafNode, signature: flip(each.leafNode.signature) } }),
    }),
    'with another’s leaf key': () => ({
      alter: (each) => ({ ...each, leafNode: { ...each.leafNode, signaturePublicKey: alice.person.leaf.publicKey } }),
    }),
    'with another init key': () => ({ alter: (each) => ({ ...each, initKey: flip(each.initKey) }) }),
  };

  it.each(Object.keys(changes))('one %s: KEY_PACKAGE_INVALID, nothing stored', async (name) => {
    const keyPackage = await keyPackageOf(mallory, (changes[name] as () => KeyPackageChange)());
    for (const answer of [await upload(mallory, [keyPackage]), await upload(mallory, [], keyPackage)]) {
      expect([answer.status, answer.body.error?.code]).toEqual([400, 'KEY_PACKAGE_INVALID']);
    }
    expect(await countOf(mallory)).toBe(0);
    await canary.lives();
  });

  it.each([
    ['noise', () => 'A'.repeat(1_000), 'KEY_PACKAGE_INVALID'],
    ['not base64url', () => 'a+b/c==', 'KEY_PACKAGE_INVALID'],
    ['empty', () => '', 'BAD_REQUEST'],
    ['of the largest size, all zeros', () => 'A'.repeat(10_920), 'KEY_PACKAGE_INVALID'],
    ['larger than the largest', () => 'A'.repeat(10_924), 'BAD_REQUEST'],
    ['a true one and a byte more', async () => `${await keyPackageOf(mallory)}AA`, 'KEY_PACKAGE_INVALID'],
    ['half of a true one', async () => (await keyPackageOf(mallory)).slice(0, 1_000), 'KEY_PACKAGE_INVALID'],
  ])('%s: refused', async (_case, make, code) => {
    const answer = await upload(mallory, [await make()]);
    expect([answer.status, answer.body.error?.code]).toEqual([400, code]);
    expect(await countOf(mallory)).toBe(0);
    await canary.lives();
  });

  it('1 MB: PAYLOAD_TOO_LARGE', async () => {
    expect((await upload(mallory, ['A'.repeat(1024 * 1024)])).body.error?.code).toBe('PAYLOAD_TOO_LARGE');
    await canary.lives();
  });

  it('one bad among good ones: none is stored', async () => {
    const good = await many(mallory, 3);
    expect((await upload(mallory, [...good, 'A'.repeat(50)])).body.error?.code).toBe('KEY_PACKAGE_INVALID');
    expect(await countOf(mallory)).toBe(0);
  });

  it('one that was uploaded before, in one request, in the next, after it was claimed: refused', async () => {
    const bob = await registerPublisher(server.url);
    await befriend(bob.person, mallory.person);
    const keyPackage = await keyPackageOf(bob);
    expect((await upload(bob, [keyPackage, keyPackage])).body.error?.code).toBe('KEY_PACKAGE_INVALID');
    expect((await upload(bob, [keyPackage])).status).toBe(201);
    expect((await upload(bob, [keyPackage])).body.error?.code).toBe('KEY_PACKAGE_INVALID');
    expect((await claim(mallory.person, bob)).body.keyPackage).toBe(keyPackage);
    expect((await upload(bob, [keyPackage])).body.error?.code).toBe('KEY_PACKAGE_INVALID');
    expect((await upload(bob, [], keyPackage)).body.error?.code).toBe('KEY_PACKAGE_INVALID');
  });

  it(`never more than ${LIMITS.keyPackagesStored} are kept, also when all come at once`, async () => {
    const bob = await registerPublisher(server.url);
    expect((await upload(bob, await many(bob, LIMITS.keyPackagesPerUpload + 1))).body.error?.code).toBe('BAD_REQUEST');
    const batches: string[][] = [];
    for (let i = 0; i < 7; i += 1) batches.push(await many(bob, LIMITS.keyPackagesPerUpload));
    const answers = await Promise.all(batches.map((batch) => upload(bob, batch)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
    expect(answers.filter(({ body }) => body.error?.code === 'KEY_PACKAGE_LIMIT')).toHaveLength(2);
    expect(await countOf(bob)).toBe(LIMITS.keyPackagesStored);
    await canary.lives();
  });

  it('of oneself: NOT_YOURSELF; of a stranger, of nobody: NOT_FOUND; of a friend without any: KEY_PACKAGE_NONE', async () => {
    expect((await claim(alice.person, alice)).body.error?.code).toBe('NOT_YOURSELF');
    const stranger = await claim(mallory.person, alice);
    const nobody = await mallory.person.request('POST', `/api/friends/${'A'.repeat(22)}/key-package`);
    expect(stranger).toEqual(nobody);
    expect(stranger.status).toBe(404);
    const bob = await registerPublisher(server.url);
    await befriend(bob.person, alice.person);
    expect((await claim(alice.person, bob)).body.error?.code).toBe('KEY_PACKAGE_NONE');
    await canary.lives();
  });

  it('50 claims at once with 10 left: 10 different ones, then the last resort, which says so', async () => {
    const bob = await registerPublisher(server.url);
    await befriend(bob.person, alice.person);
    const [lastResort = '', ...oneTime] = await many(bob, 11);
    expect((await upload(bob, oneTime, lastResort)).body).toEqual({ available: 10, lastResort: true });
    const answers = await Promise.all(Array.from({ length: 50 }, () => claim(alice.person, bob)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const claimed = answers.filter(({ body }) => !body.lastResort).map(({ body }) => body.keyPackage);
    expect(claimed).toHaveLength(10);
    expect(new Set(claimed)).toEqual(new Set(oneTime));
    expect(new Set(answers.filter(({ body }) => body.lastResort).map(({ body }) => body.keyPackage))).toEqual(
      new Set([lastResort]),
    );
    await canary.lives();
  });
});

describe('key packages too often', () => {
  it('uploads and claims beyond their rate: RATE_LIMITED, and none is lost to it', async () => {
    const server = await startTestServer();
    const [alice, bob] = [await registerPublisher(server.url), await registerPublisher(server.url)];
    await befriend(alice.person, bob.person);
    const upload = (keyPackages: string[]) => bob.person.request('POST', '/api/me/key-packages', { keyPackages });
    await upload(await Promise.all(Array.from({ length: 10 }, () => keyPackageOf(bob))));
    const path = `/api/friends/${bob.person.tokens.userId}/key-package`;
    const statuses: number[] = [];
    for (let i = 0; i < 8; i += 1) statuses.push((await alice.person.request('POST', path)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429, 429]);
    const left = await bob.person.request<{ available: number }>('GET', '/api/me/key-packages');
    expect(left.body.available).toBe(4);
    const codes: (string | undefined)[] = [];
    for (let i = 0; i < 20; i += 1) codes.push((await upload([])).body.error?.code);
    expect(codes.at(-1)).toBe('RATE_LIMITED');
    await server.close();
  });
});
