import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { befriend, eventually, leave, type Person, receive, registerPerson, textsOf } from '../../test/rig/people.js';
import { stateOf } from './state-of.fixture.js';
import { type RunningServer, startServer } from '../../test/rig/server.js';

describe('a conversation between two friends', () => {
  let server: RunningServer;
  let alice: Person;
  let bob: Person;
  let id: string;

  beforeAll(async () => {
    server = await startServer();
    alice = await registerPerson(server.url);
    bob = await registerPerson(server.url);
    id = await befriend(alice, bob);
  });

  afterAll(async () => {
    await leave(alice, bob);
    await server.close();
  });

  it('carries a message through all its states', async () => {
    const sent = await alice.client.conversation(id).send('hello bob');
    expect(sent).toMatchObject({ state: 'queued', direction: 'out', text: 'hello bob' });
    const got = await receive(bob, id, 'hello bob');
    expect(got).toMatchObject({ id: sent.id, direction: 'in', state: 'delivered' });
    await eventually(async () => (await stateOf(alice, id, sent.id)) === 'delivered');
    await bob.client.conversation(id).markRead([got.id]);
    await eventually(async () => (await stateOf(alice, id, sent.id)) === 'read');
    const states: string[] = [];
    alice.client.on('message-state', (message) => message.id === sent.id && states.push(message.state));
    await alice.client.conversation(id).burn(sent.id);
    expect(states).toEqual(['burned']);
    await eventually(async () => (await textsOf(bob, id)).length === 0);
    expect(await textsOf(alice, id)).toEqual([]);
  });

  it('keeps the order of both sides in a quick exchange', async () => {
    const texts = Array.from({ length: 12 }, (_, index) => `line ${index}`);
    for (const text of texts) await bob.client.conversation(id).send(text);
    for (const text of texts) await alice.client.conversation(id).send(`re ${text}`);
    await receive(alice, id, 'line 11');
    await receive(bob, id, 're line 11');
    expect((await textsOf(alice, id)).filter((text) => text.startsWith('line'))).toEqual(texts);
    expect((await textsOf(bob, id)).filter((text) => text.startsWith('re'))).toEqual(texts.map((text) => `re ${text}`));
  });

  it('burns after the stricter time once read, on both sides', async () => {
    await bob.client.conversation(id).setBurnAfterRead(1);
    await eventually(async () => (await alice.client.conversations.list())[0]?.burnAfterReadSeconds === 1);
    const sent = await alice.client.conversation(id).send('short');
    const got = await receive(bob, id, 'short');
    expect(got.burnAfterReadSeconds).toBe(1);
    await bob.client.conversation(id).markRead([got.id]);
    await eventually(async () => !(await textsOf(bob, id)).includes('short'), 3_000);
    await eventually(async () => !(await textsOf(alice, id)).includes('short'), 3_000);
    expect(await stateOf(alice, id, sent.id)).toBeUndefined();
  });

  it('delivers to who was away, once and in order', async () => {
    await bob.client.disconnect();
    for (const text of ['one', 'two', 'three']) await alice.client.conversation(id).send(text);
    const seen: string[] = [];
    bob.client.on('message', ({ text }) => seen.push(text ?? ''));
    await bob.client.connect();
    await receive(bob, id, 'three');
    expect(seen).toEqual(['one', 'two', 'three']);
  });

  it('sends later what was written offline', async () => {
    await alice.client.disconnect();
    const sent = await alice.client.conversation(id).send('written offline');
    expect(await stateOf(alice, id, sent.id)).toBe('queued');
    await alice.client.connect();
    expect((await receive(bob, id, 'written offline')).id).toBe(sent.id);
  });
});
