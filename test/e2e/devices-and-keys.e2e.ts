import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AshwireClient, MemoryStorage } from '../../sdk/index.js';
import { befriend, eventually, leave, type Person, reaches, receive, registerPerson, textsOf } from '../rig/people.js';
import { type RunningServer, startServer } from '../rig/server.js';

describe('devices and keys', () => {
  let server: RunningServer;
  let alice: Person;
  let bob: Person;
  let conversationId: string;
  const more: Person[] = [];

  beforeEach(async () => {
    server = await startServer();
    alice = await registerPerson(server.url);
    bob = await registerPerson(server.url);
    conversationId = await befriend(alice, bob);
  });

  afterEach(async () => {
    await leave(alice, bob, ...more.splice(0));
    await server.close();
  });

  const onNewDevice = async (person: Person): Promise<Person> => {
    const storage = MemoryStorage.open();
    const client = await AshwireClient.open({ server: server.url, storage });
    await client.recover({ username: person.name, recoveryWords: person.recoveryWords });
    await client.connect();
    const recovered = { ...person, client, storage };
    more.push(recovered);
    return recovered;
  };

  it('replaces the first device by a second login with the recovery words; friends hear of a new device of the same identity', async () => {
    await alice.client.conversation(conversationId).send('before');
    await receive(bob, conversationId, 'before');
    const closed: string[] = [];
    bob.client.on('closed', ({ code }) => closed.push(code));
    const heard: string[] = [];
    alice.client.on('device-changed', ({ username }) => heard.push(username));
    alice.client.on('key-changed', () => heard.push('another key'));

    const bobsPhone = await onNewDevice(bob);
    await eventually(() => closed.length === 1 && heard.length === 1);
    expect(closed).toEqual(['DEVICE_REPLACED']);
    expect(heard).toEqual([bob.name]);
    expect(await textsOf(bobsPhone, conversationId)).toEqual([]);

    await alice.client.conversation(conversationId).send('to the phone');
    await receive(bobsPhone, conversationId, 'to the phone');
    await bobsPhone.client.conversation(conversationId).send('from the phone');
    await receive(alice, conversationId, 'from the phone');
    expect(await textsOf(bobsPhone, conversationId)).not.toContain('before');
  });

  it('refuses to send to a verified friend whose key has changed until the user accepts the new key', async () => {
    const [friend] = await alice.client.friends.list();
    if (!friend) throw new Error('no friend');
    const numbers = [
      await alice.client.friends.safetyNumber(friend.userId),
      await bob.client.friends.safetyNumber((await bob.client.friends.list())[0]?.userId ?? ''),
    ];
    expect(numbers[0]?.digits).toBe(numbers[1]?.digits);
    expect(await alice.client.friends.markVerified(friend.userId)).toMatchObject({ trust: 'verified' });

    const heard: string[] = [];
    alice.client.on('key-changed', ({ trust }) => heard.push(trust));
    await bob.client.changeIdentityKey();
    await eventually(() => heard.length === 1);
    expect(heard).toEqual(['changed']);
    await expect(alice.client.conversation(conversationId).send('secret')).rejects.toMatchObject({
      code: 'KEY_CHANGED',
    });

    expect(await alice.client.friends.acceptNewKey(friend.userId)).toMatchObject({ trust: 'unverified' });
    await alice.client.conversation(conversationId).send('after accepting');
    await receive(bob, conversationId, 'after accepting');
    expect((await alice.client.friends.safetyNumber(friend.userId)).digits).not.toBe(numbers[0]?.digits);
  });

  it('comes back on another device with the new recovery words after a change of key', async () => {
    const { recoveryWords } = await bob.client.changeIdentityKey();
    await expect(onNewDevice(bob)).rejects.toMatchObject({ code: 'LOGIN_FAILED' });
    const [own] = await alice.client.friends.list();
    await eventually(async () => (await alice.client.friends.list())[0]?.trust === 'changed');
    await alice.client.friends.acceptNewKey(own?.userId ?? '');
    const bobsPhone = await onNewDevice({ ...bob, recoveryWords });
    await bobsPhone.client.conversation(conversationId).send('back again');
    await receive(alice, conversationId, 'back again');
  });

  it('ends a session from elsewhere: its token and its socket die with it', async () => {
    const closed: string[] = [];
    bob.client.on('connection', ({ state }) => closed.push(state));
    const sessions = await bob.client.sessions.list();
    expect(sessions).toHaveLength(1);
    await bob.client.sessions.revoke(sessions[0]?.sessionId ?? '');
    await eventually(() => closed.some((state) => state !== 'online'));
  });

  it('ends the conversation with the friendship, on both devices, and delivers nothing afterwards', async () => {
    await alice.client.conversation(conversationId).send('soon gone');
    await receive(bob, conversationId, 'soon gone');
    const [friend] = await bob.client.friends.list();
    await bob.client.friends.remove(friend?.userId ?? '');
    await eventually(async () => (await alice.client.friends.list()).length === 0);
    for (const person of [alice, bob])
      await eventually(async () => (await person.client.conversations.list()).length === 0);
    await expect(alice.client.conversation(conversationId).send('anybody there?')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('removes everything of a deleted account', async () => {
    const name = bob.name;
    await bob.client.deleteAccount();
    await eventually(async () => (await alice.client.friends.list()).length === 0);
    const successor = await registerPerson(server.url, name);
    more.push(successor);
    expect(await successor.client.friends.list()).toEqual([]);
  });

  it('resets a session that is lost, and what was not delivered is sent again', async () => {
    await alice.client.conversation(conversationId).send('one');
    await receive(bob, conversationId, 'one');
    await alice.client.conversation(conversationId).resetSession();
    const { id } = await alice.client.conversation(conversationId).send('after the reset');
    await receive(bob, conversationId, 'after the reset');
    await reaches(alice, id, 'delivered');
    await bob.client.conversation(conversationId).send('and back');
    await receive(alice, conversationId, 'and back');
  });
});
