import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { befriend, eventually, leave, type Person, receive, registerPerson, textsOf } from '../../test/rig/people.js';
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
