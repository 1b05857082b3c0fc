import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  befriend,
  eventually,
  leave,
  type Person,
  reaches,
  receive,
  registerPerson,
  textsOf,
} from '../../test/rig/people.js';
import { type RunningServer, startServer } from '../../test/rig/server.js';
import type { SendRequest } from '../../src/protocol/payloads/chat.payloads.js';
import { AshwireClient, AshwireError, MemoryStorage } from '../index.js';
import type { SocketTransport } from '../transport/socket-transport.js';
import { stateOf } from './state-of.fixture.js';

const socketOf = (client: AshwireClient): SocketTransport =>
  (client as unknown as { parts: { socket: SocketTransport } }).parts.socket;

/** Every answer to a message is lost while `isLost()`; the server has acted. Returns what was sent. */
function loseAnswers(client: AshwireClient, isLost: () => boolean): SendRequest[] {
  const socket = socketOf(client);
  const emit = socket.emit.bind(socket);
  const sent: SendRequest[] = [];
  socket.emit = async (event, request) => {
    const answer = await emit(event, request);
    if (event !== 'message:send') return answer;
    sent.push(request as SendRequest);
    if (isLost()) throw new AshwireError('TIMEOUT');
    return answer;
  };
  return sent;
}

describe('the outbox', () => {
  let server: RunningServer;
  let alice: Person;
  let bob: Person;
  let id: string;
  let seen: string[];

  beforeAll(
    async () => (server = await startServer({ limits: { messagesPerConversation: { burst: 5, perSecond: 8 } } })),
  );
  afterAll(() => server.close());
  beforeEach(async () => {
    alice = await registerPerson(server.url);
    bob = await registerPerson(server.url);
    id = await befriend(alice, bob);
    seen = [];
    bob.client.on('message', ({ text }) => seen.push(text ?? ''));
  });
  afterEach(() => leave(alice, bob));

  it('repeats the same envelope when an answer is lost, and it is shown once', async () => {
    let losses = 2;
    const sent = loseAnswers(alice.client, () => losses-- > 0);
    const message = await alice.client.conversation(id).send('once');
    await reaches(alice, message.id, 'delivered');
    await alice.client.conversation(id).send('next');
    await receive(bob, id, 'next');
    expect(new Set(sent.slice(0, -1).map((request) => JSON.stringify(request))).size).toBe(1);
    expect(seen).toEqual(['once', 'next']);
  });

  it('repeats it after the process was killed in between', async () => {
    const sent = loseAnswers(alice.client, () => true);
    const message = await alice.client.conversation(id).send('sealed before the end');
    await eventually(() => sent.length > 0);
    const storage = MemoryStorage.open(alice.storage as MemoryStorage);
    await alice.client.close();
    const client = await AshwireClient.open({ server: server.url, storage });
    alice = { ...alice, client, storage };
    const again = loseAnswers(client, () => false);
    await client.connect();
    await eventually(async () => (await stateOf(alice, id, message.id)) === 'delivered');
    for (const request of again) expect(request).toEqual(sent[0]);
    await client.conversation(id).send('and on');
    await receive(bob, id, 'and on');
    expect(seen).toEqual(['sealed before the end', 'and on']);
  });

  it('waits when it is too fast, and keeps the order', async () => {
    const texts = Array.from({ length: 12 }, (_, index) => `m${index}`);
    await Promise.all(texts.map((text) => alice.client.conversation(id).send(text)));
    await eventually(() => seen.length === texts.length, 15_000);
    expect(seen).toEqual(await textsOf(alice, id));
  }, 20_000);

  it('seals anew, under the same id, when the other side has started a new session', async () => {
    await alice.client.conversation(id).send('first');
    await receive(bob, id, 'first');
    await alice.client.disconnect();
    await bob.client.conversation(id).resetSession();
    const message = await alice.client.conversation(id).send('across the reset');
    await alice.client.connect();
    expect((await receive(bob, id, 'across the reset')).id).toBe(message.id);
  });

  it('fails what is for somebody who is no friend any more', async () => {
    await alice.client.disconnect();
    const [friend] = await bob.client.friends.list();
    await bob.client.friends.remove(friend!.userId);
    await alice.client.conversation(id).send('too late');
    await alice.client.connect();
    expect(await alice.client.conversations.list()).toEqual([]);
    expect(await alice.client.friends.list()).toEqual([]);
  });

  it('recalls a message that was not read', async () => {
    const message = await alice.client.conversation(id).send('a slip');
    await receive(bob, id, 'a slip');
    await alice.client.conversation(id).burn(message.id);
    await eventually(async () => (await textsOf(bob, id)).length === 0);
  });

  it('recalls what the other side has on a device that was away when it was recalled', async () => {
    const message = await alice.client.conversation(id).send('another slip');
    await receive(bob, id, 'another slip');
    await reaches(alice, message.id, 'delivered');
    await bob.client.disconnect();
    await alice.client.conversation(id).burn(message.id);
    await reaches(alice, message.id, 'burned');
    await bob.client.connect();
    await eventually(async () => (await textsOf(bob, id)).length === 0);
  });

  it('keeps its key packages filled up', async () => {
    await alice.client.conversation(id).send('takes one');
    await receive(bob, id, 'takes one');
    await eventually(async () => (await bob.client.profile.get()).keyPackagesAvailable === 20);
    const stored = await bob.storage.list('key-package/');
    expect(stored).toHaveLength(21);
  });
});
