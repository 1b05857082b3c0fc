import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  befriend,
  eventually,
  leave,
  type Person,
  randomName,
  receive,
  registerPerson,
  textsOf,
} from '../../test/rig/people.js';
import type { UploadKeyPackagesRequest } from '../../src/protocol/payloads/user.payloads.js';
import { stateOf } from './state-of.fixture.js';
import { type RunningServer, startServer } from '../../test/rig/server.js';
import { AshwireClient, type Contact, MemoryStorage } from '../index.js';

async function talk(from: Person, to: Person, id: string, text: string): Promise<void> {
  await from.client.conversation(id).send(text);
  await receive(to, id, text);
}

async function onAnotherDevice(server: string, { name }: Person, recoveryWords: readonly string[]): Promise<Person> {
  const storage = MemoryStorage.open();
  const client = await AshwireClient.open({ server, storage });
  await client.recover({ username: name, recoveryWords });
  await client.connect();
  return { name, client, storage, recoveryWords, states: new Map() };
}

describe('keys and devices', () => {
  let server: RunningServer;
  beforeAll(async () => (server = await startServer()));
  afterAll(() => server.close());
  afterEach(() => void jest.restoreAllMocks());

  /** The next upload of key packages gets lost on its way. What those after it brought is what this returns. */
  function loseKeyPackages(): readonly UploadKeyPackagesRequest[] {
    const { fetch } = globalThis;
    const uploads: UploadKeyPackagesRequest[] = [];
    let isLost = false;
    jest.spyOn(globalThis, 'fetch').mockImplementation((address, request) => {
      const { method, body } = request ?? {};
      const isUpload = (address as string).endsWith('/key-packages') && method === 'POST';
      if (!isUpload) return fetch(address, request);
      if (isLost) uploads.push(JSON.parse(body as string) as UploadKeyPackagesRequest);
      else isLost = true;
      return uploads.length > 0 ? fetch(address, request) : Promise.reject(new TypeError('fetch failed'));
    });
    return uploads;
  }

  async function friends(): Promise<[Person, Person, string]> {
    const one = await registerPerson(server.url);
    const other = await registerPerson(server.url);
    return [one, other, await befriend(one, other)];
  }

  it('gives both the same safety number, and a scan verifies', async () => {
    const [alice, bob] = await friends();
    const [bobAtAlice] = await alice.client.friends.list();
    const [aliceAtBob] = await bob.client.friends.list();
    const shown = await alice.client.friends.safetyNumber(bobAtAlice!.userId);
    const seen = await bob.client.friends.safetyNumber(aliceAtBob!.userId);
    expect(shown.digits).toBe(seen.digits);
    expect(await bob.client.friends.scanSafetyQr(aliceAtBob!.userId, shown.qrText)).toBe('match');
    expect((await bob.client.friends.list())[0]?.trust).toBe('verified');
    await leave(alice, bob);
  });

  it('refuses to send to a changed key until it is accepted, and goes on afterwards', async () => {
    const [alice, bob, id] = await friends();
    await talk(alice, bob, id, 'before');
    const [bobAtAlice] = await alice.client.friends.list();
    await alice.client.friends.markVerified(bobAtAlice!.userId);
    const changes: Contact[] = [];
    alice.client.on('key-changed', (contact) => changes.push(contact));
    const { recoveryWords } = await bob.client.changeIdentityKey();
    expect(recoveryWords).toHaveLength(24);
    await eventually(() => changes.length === 1);
    expect(changes[0]).toMatchObject({ userId: bobAtAlice!.userId, trust: 'changed' });
    await expect(alice.client.conversation(id).send('to whom?')).rejects.toMatchObject({ code: 'KEY_CHANGED' });
    // What bob sends now waits: his new session cannot be trusted yet.
    await bob.client.conversation(id).send('it is me');
    expect(await textsOf(alice, id)).not.toContain('it is me');
    await alice.client.friends.acceptNewKey(bobAtAlice!.userId);
    expect((await alice.client.friends.list())[0]?.trust).toBe('unverified');
    await receive(alice, id, 'it is me');
    await talk(alice, bob, id, 'after');
    await leave(alice, bob);
  });

  it('takes no other new key than the one whose safety number was compared', async () => {
    const [alice, bob] = await friends();
    const { userId = '' } = (await alice.client.friends.list())[0] ?? {};
    const ownId = (await alice.client.account())?.userId ?? '';
    const { friends: book } = alice.client;
    const shownKey = async (): Promise<string> => (await book.safetyNumber(userId)).identityKey;
    const changed = async (): Promise<string> => {
      const before = await shownKey();
      await bob.client.changeIdentityKey();
      await eventually(async () => (await shownKey()) !== before);
      return shownKey();
    };

    const second = await changed();
    expect(await book.scanSafetyQr(userId, (await bob.client.friends.safetyNumber(ownId)).qrText)).toBe('match');
    expect((await book.list())[0]?.trust).toBe('changed');
    const third = await changed();
    await expect(book.acceptNewKey(userId, second)).rejects.toMatchObject({ code: 'KEY_CHANGED', details: { userId } });
    expect((await book.list())[0]?.trust).toBe('changed');
    await book.acceptNewKey(userId, third);
    await expect(book.markVerified(userId, second)).rejects.toMatchObject({ code: 'KEY_CHANGED' });
    expect((await book.markVerified(userId, third)).trust).toBe('verified');
    await leave(alice, bob);
  });

  it.each([
    ['registration', (person: AshwireClient) => person.register({ username: randomName() })],
    ['change of the identity key', (person: AshwireClient) => person.changeIdentityKey()],
  ])(
    'hands out the recovery words of a %s when no key package arrives, and leaves all with the next connection',
    async (what, act) => {
      const client = await AshwireClient.open({ server: server.url, storage: MemoryStorage.open() });
      if (what !== 'registration') await client.register({ username: randomName() });
      const uploads = loseKeyPackages();
      const reported: string[] = [];
      client.on('error', ({ code }) => reported.push(code));
      expect((await act(client)).recoveryWords).toHaveLength(24);
      expect(reported).toEqual(['OFFLINE']);
      await client.connect();
      await eventually(() => uploads.length === 1);
      expect(uploads).toEqual([
        { keyPackages: expect.any(Array) as unknown, lastResort: expect.any(String) as unknown },
      ]);
      expect(uploads[0]?.keyPackages).toHaveLength(20);
      await client.close();
    },
  );

  it('lists invitations that nobody has used, until one is revoked', async () => {
    const alice = await registerPerson(server.url);
    const { friends: book } = alice.client;
    const made = [await book.createInvitation(), await book.createInvitation()];
    const open = made.map(({ invitationId, expiresAt }) => ({ invitationId, expiresAt }));
    expect(await book.invitations()).toEqual(expect.arrayContaining(open));
    await book.revokeInvitation(made[0]?.invitationId ?? '');
    expect(await book.invitations()).toEqual(open.slice(1));
    await leave(alice);
  });

  it('takes a device with the same identity for what it is', async () => {
    const [alice, bob, id] = await friends();
    await talk(alice, bob, id, 'to the first device');
    const closed: string[] = [];
    bob.client.on('closed', ({ code }) => closed.push(code));
    const changes: string[] = [];
    alice.client.on('device-changed', ({ userId }) => changes.push(userId));
    alice.client.on('key-changed', () => changes.push('key'));
    const second = await onAnotherDevice(server.url, bob, bob.recoveryWords);
    await eventually(() => closed.length === 1);
    expect(closed).toEqual(['DEVICE_REPLACED']);
    await eventually(() => changes.length === 1);
    expect(changes).not.toContain('key');
    expect(await textsOf(second, id)).toEqual([]);
    await talk(alice, second, id, 'to the second device');
    await talk(second, alice, id, 'and back');
    await leave(alice, second);
  });

  it('does not send to a new device by itself what was for the old one', async () => {
    const [alice, bob, id] = await friends();
    await talk(alice, bob, id, 'hello');
    await bob.client.disconnect();
    const sent = await alice.client.conversation(id).send('for the lost phone');
    await eventually(async () => (await stateOf(alice, id, sent.id)) === 'accepted');
    const second = await onAnotherDevice(server.url, bob, bob.recoveryWords);
    await talk(alice, second, id, 'new start');
    await eventually(async () => (await stateOf(alice, id, sent.id)) === 'failed');
    const failed = (await alice.client.conversation(id).messages()).find((message) => message.id === sent.id);
    expect(failed?.failure).toEqual({ code: 'DEVICE_REPLACED' });
    expect(await textsOf(second, id)).toEqual(['new start']);
    await leave(alice, second);
  });

  it('refuses recovery words that are none, or of somebody else', async () => {
    const [alice, bob] = await friends();
    const client = await AshwireClient.open({ server: server.url, storage: MemoryStorage.open() });
    await expect(client.recover({ username: alice.name, recoveryWords: 'abandon' })).rejects.toMatchObject({
      code: 'BAD_RECOVERY_WORDS',
    });
    await expect(client.recover({ username: alice.name, recoveryWords: bob.recoveryWords })).rejects.toMatchObject({
      code: 'LOGIN_FAILED',
    });
    expect(await client.account()).toBeUndefined();
    await client.close();
    await leave(alice, bob);
  });

  it('refuses an invitation that names another key', async () => {
    const alice = await registerPerson(server.url);
    const bob = await registerPerson(server.url);
    const { link } = await alice.client.friends.createInvitation();
    const forged = link.replace(/\.[A-Za-z0-9_-]{43}$/, `.${'A'.repeat(43)}`);
    await expect(bob.client.friends.redeemInvitation(forged)).rejects.toMatchObject({
      code: 'INVITATION_KEY_MISMATCH',
    });
    const [contact] = await bob.client.friends.list();
    expect(contact?.trust).toBe('compromised');
    await expect(bob.client.friends.acceptNewKey(contact!.userId)).rejects.toMatchObject({ code: 'KEY_COMPROMISED' });
    await eventually(async () => (await bob.client.conversations.list()).length === 1);
    await expect(bob.client.conversation(contact!.conversationId).send('x')).rejects.toMatchObject({
      code: 'KEY_COMPROMISED',
    });
    await leave(alice, bob);
  });
});
