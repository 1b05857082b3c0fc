import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { io } from 'socket.io-client';
import { befriend, eventually, leave, type Person, receive, registerPerson, textsOf } from '../rig/people.js';
import { memoryContains } from '../rig/process-memory.js';
import { ServerProcess } from '../rig/server-process.js';

describe('what is left on the server', () => {
  // Put together at run time, so that no compiled file or source text of this test holds it.
  const canary = ['the', 'canary', 'sings', String(Date.now()), 'times'].join('-');
  let server: ServerProcess;
  let alice: Person;
  let bob: Person;
  let conversationId: string;

  beforeAll(async () => {
    server = await ServerProcess.start();
    alice = await registerPerson(server.url);
    bob = await registerPerson(server.url);
    conversationId = await befriend(alice, bob);
  });

  afterAll(async () => {
    await leave(alice, bob);
    await server.close();
  });

  it('finds in the memory of the server what is there, so that not finding means something', async () => {
    expect(await server.memoryContains(alice.name)).toBe(true);
  });

  it('finds in files what is there: a name is in a table of each SQL server', async () => {
    const files = await server.stores.findInFiles(alice.name);
    expect(files.length).toBeGreaterThan(0);
    if (server.stores.nodes > 1) expect(files.join()).toMatch(/binary-log.*relay/);
  });

  it('is never the text of a message, in no memory, file or output; and of its ciphertext nothing in any file, before and after it burned', async () => {
    const { stores } = server;
    const envelopes: string[] = [];
    const { accessToken } = await tokensOf(bob);
    const tap = io(server.url, { transports: ['websocket'], auth: { token: accessToken }, forceNew: true });
    tap.on('message:received', ({ entry }: { entry: { ciphertext: string } }) => envelopes.push(entry.ciphertext));
    await new Promise<void>((resolve) => tap.once('connection:ready', () => resolve()));

    await bob.client.conversation(conversationId).setBurnAfterRead(0);
    const { id } = await alice.client.conversation(conversationId).send(canary);
    await receive(bob, conversationId, canary);
    await eventually(() => envelopes.length === 1);
    const ciphertext = (envelopes[0] ?? '').slice(0, 40);
    expect(await server.memoryContains(canary)).toBe(false);
    for (const pid of stores.pids) expect(await memoryContains(pid, canary)).toBe(false);
    const memories = [server.memoryContains(ciphertext), ...stores.pids.map((pid) => memoryContains(pid, ciphertext))];
    expect(await Promise.all(memories)).toContain(true);
    expect(await stores.findInRedis(canary)).toBe(0);
    expect(await stores.findInRedis(ciphertext)).toBe(stores.redisProcesses);
    expect(await stores.findInFiles(canary)).toEqual([]);
    expect(await stores.findInFiles(ciphertext)).toEqual([]);

    await bob.client.conversation(conversationId).markRead([id]);
    await eventually(async () => (await textsOf(alice, conversationId)).length === 0);
    await eventually(async () => (await stores.findInRedis(ciphertext)) === 0);
    tap.disconnect();
    await leave(alice, bob);
    await server.kill('SIGTERM');
    expect(await stores.findInFiles(canary)).toEqual([]);
    expect(await stores.findInFiles(ciphertext)).toEqual([]);
    expect(server.output).not.toContain(canary);
    expect(server.output).not.toContain(ciphertext);
  }, 60_000);
});

/** The person's own access token, for a second socket beside the SDK's. */
async function tokensOf(person: Person): Promise<{ accessToken: string }> {
  const stored = await person.storage.list('');
  for (const { value } of stored) {
    const text = new TextDecoder().decode(value);
    if (text.includes('"accessToken"')) return JSON.parse(text) as { accessToken: string };
  }
  throw new Error('no token is stored');
}
