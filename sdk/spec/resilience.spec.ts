import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { befriend, eventually, leave, type Person, receive, registerPerson, textsOf } from '../../test/rig/people.js';
import { stateOf } from './state-of.fixture.js';
import { type RunningServer, startServer } from '../../test/rig/server.js';
import { AshwireClient, MemoryStorage } from '../index.js';

/** The same person after the process was killed: nothing but what was stored. */
async function restarted(server: string, person: Person): Promise<Person> {
  const storage = MemoryStorage.open(person.storage as MemoryStorage);
  await person.client.close();
  return { ...person, storage, client: await AshwireClient.open({ server, storage }) };
}

const keysOf = async (person: Person): Promise<string[]> => (await person.storage.list('')).map(({ key }) => key);
const contentOf = async (person: Person): Promise<string> =>
  (await person.storage.list('')).map(({ value }) => new TextDecoder().decode(value)).join('\n');

describe('what survives', () => {
  let server: RunningServer;
  beforeAll(async () => (server = await startServer()));
  afterAll(() => server.close());

  async function friends(): Promise<[Person, Person, string]> {
    const one = await registerPerson(server.url);
    const other = await registerPerson(server.url);
    return [one, other, await befriend(one, other)];
  }

  it('sends after a restart of the client what was queued before', async () => {
    const [before, bob, id] = await friends();
    await before.client.disconnect();
    const sent = await before.client.conversation(id).send('kept');
    const alice = await restarted(server.url, before);
    expect(await textsOf(alice, id)).toEqual(['kept']);
    await alice.client.connect();
    expect((await receive(bob, id, 'kept')).id).toBe(sent.id);
    await leave(alice, bob);
  });

  it('shows nothing twice after a restart of the receiver', async () => {
    const [alice, before, id] = await friends();
    await alice.client.conversation(id).send('once');
    await receive(before, id, 'once');
    const bob = await restarted(server.url, before);
    const seen: string[] = [];
    bob.client.on('message', ({ text }) => seen.push(text ?? ''));
    await bob.client.connect();
    await alice.client.conversation(id).send('again');
    await receive(bob, id, 'again');
    expect(seen).toEqual(['again']);
    await leave(alice, bob);
  });

  it('goes on in a new incarnation, and sends what was not delivered again with the same id and end', async () => {
    const [alice, bob, id] = await friends();
    await alice.client.conversation(id).send('delivered before');
    const got = await receive(bob, id, 'delivered before');
    await bob.client.disconnect();
    const sent = await alice.client.conversation(id).send('lost by the server');
    await eventually(async () => (await stateOf(alice, id, sent.id)) === 'accepted');
    const find = async () => (await alice.client.conversation(id).messages()).find((message) => message.id === sent.id);
    const burnAt = (await find())?.burnAt;
    await server.stop();
    server = await startServer({}, server);
    const seen: string[] = [];
    bob.client.on('message', ({ text }) => seen.push(text ?? ''));
    await bob.client.connect();
    expect((await receive(bob, id, 'lost by the server')).id).toBe(sent.id);
    await eventually(async () => (await stateOf(alice, id, sent.id)) === 'delivered');
    expect((await find())?.burnAt).toBeLessThanOrEqual(burnAt as number);
    await alice.client.conversation(id).send('and on');
    await receive(bob, id, 'and on');
    expect(seen).toEqual(['lost by the server', 'and on']);
    expect(await textsOf(bob, id)).toContain(got.text);
    await leave(alice, bob);
  }, 60_000);

  it('repeats what waited when the other side starts the session anew', async () => {
    const [alice, bob, id] = await friends();
    await alice.client.conversation(id).send('first');
    await receive(bob, id, 'first');
    await bob.client.disconnect();
    const sent = await alice.client.conversation(id).send('in the old session');
    await eventually(async () => (await stateOf(alice, id, sent.id)) === 'accepted');
    // Bob's state is gone, as after a restored backup.
    await bob.storage.commit([{ delete: `session/${id}` }]);
    const failures: unknown[] = [];
    bob.client.on('error', ({ code }) => failures.push(code));
    await bob.client.connect();
    await receive(bob, id, 'in the old session');
    expect(failures).toContain('UNREADABLE');
    expect((await textsOf(bob, id)).filter((text) => text === 'in the old session')).toHaveLength(1);
    await alice.client.conversation(id).send('healed');
    await receive(bob, id, 'healed');
    await leave(alice, bob);
  });

  it('lets both reset at once and agrees on one session', async () => {
    const [alice, bob, id] = await friends();
    await alice.client.conversation(id).send('before');
    await receive(bob, id, 'before');
    await Promise.allSettled([
      alice.client.conversation(id).resetSession(),
      bob.client.conversation(id).resetSession(),
    ]);
    await alice.client.conversation(id).send('from alice');
    await bob.client.conversation(id).send('from bob');
    await receive(bob, id, 'from alice');
    await receive(alice, id, 'from bob');
    await leave(alice, bob);
  });

  it('lets two clients on one storage send without losing the state', async () => {
    const [alice, bob, id] = await friends();
    const tab = await AshwireClient.open({ server: server.url, storage: alice.storage });
    await tab.connect();
    await Promise.all([
      ...Array.from({ length: 5 }, (_, index) => alice.client.conversation(id).send(`a${index}`)),
      ...Array.from({ length: 5 }, (_, index) => tab.conversation(id).send(`b${index}`)),
    ]);
    await eventually(async () => (await textsOf(bob, id)).length === 10, 20_000);
    await bob.client.conversation(id).send('to both');
    await receive(alice, id, 'to both');
    await tab.disconnect();
    await leave(alice, bob);
  });

  it('removes everything of a conversation with the friendship', async () => {
    const [alice, bob, id] = await friends();
    await alice.client.conversation(id).send('canary-of-the-end');
    await receive(bob, id, 'canary-of-the-end');
    const [friend] = await alice.client.friends.list();
    await alice.client.friends.remove(friend!.userId);
    await eventually(async () => (await bob.client.conversations.list()).length === 0);
    for (const person of [alice, bob]) {
      await eventually(async () => !(await keysOf(person)).some((key) => key.includes(id)));
      expect(await contentOf(person)).not.toContain('canary-of-the-end');
    }
    await expect(alice.client.conversation(id).send('x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await leave(alice, bob);
  });

  it('reads offline: burns here at once and tells the sender later', async () => {
    const [alice, bob, id] = await friends();
    await bob.client.conversation(id).setBurnAfterRead(0);
    const sent = await alice.client.conversation(id).send('burn-canary');
    const got = await receive(bob, id, 'burn-canary');
    await bob.client.disconnect();
    await bob.client.conversation(id).markRead([got.id]);
    expect(await textsOf(bob, id)).toEqual([]);
    expect(await contentOf(bob)).not.toContain('burn-canary');
    await bob.client.connect();
    await eventually(async () => (await stateOf(alice, id, sent.id)) === undefined);
    await eventually(async () => !(await contentOf(alice)).includes('burn-canary'));
    await leave(alice, bob);
  });

  it('wipes the storage at logout and logs in again after a revoked session', async () => {
    const [alice, bob, id] = await friends();
    const [session] = await bob.client.sessions.list();
    await bob.client.sessions.revoke(session!.sessionId);
    await alice.client.conversation(id).send('still there');
    await receive(bob, id, 'still there');
    await alice.client.logout();
    await expect(alice.storage.get('account')).rejects.toMatchObject({ code: 'STORAGE_CLOSED' });
    await leave(bob);
  });
});
