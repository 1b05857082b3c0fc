import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { befriend, eventually, leave, type Person, reaches, receive, registerPerson, textsOf } from '../rig/people.js';
import { type RunningServer, startServer } from '../rig/server.js';

describe('a private conversation', () => {
  let server: RunningServer;
  let alice: Person;
  let bob: Person;
  let conversationId: string;

  beforeAll(async () => {
    server = await startServer();
    alice = await registerPerson(server.url);
    bob = await registerPerson(server.url);
    conversationId = await befriend(alice, bob);
  });

  afterAll(async () => {
    await leave(alice, bob);
    await server.close();
  });

  it('shows accepted, delivered, read and burned, each with its proof', async () => {
    const states: string[] = [];
    alice.client.on('message-state', ({ state }) => states.push(state));
    const conversation = alice.client.conversation(conversationId);
    await conversation.setBurnAfterRead(1);
    const { id } = await conversation.send('hello bob');
    const { senderId, burnAt, acceptedAt } = await receive(bob, conversationId, 'hello bob');
    expect(senderId).toBe((await bob.client.friends.list())[0]?.userId);
    expect((burnAt ?? Infinity) - (acceptedAt ?? 0)).toBeLessThanOrEqual(3_600_000);
    await reaches(alice, id, 'delivered');
    await bob.client.conversation(conversationId).markRead([id]);
    await eventually(() => states.includes('burned'));
    expect(states.filter((state, i) => states.indexOf(state) === i)).toEqual([
      'queued',
      'accepted',
      'delivered',
      'read',
      'burned',
    ]);
    for (const person of [alice, bob]) {
      await eventually(async () => !(await textsOf(person, conversationId)).includes('hello bob'));
    }
  });

  it('keeps the order of a sender, both ways, and tells nobody twice', async () => {
    const heard: string[] = [];
    bob.client.on('message', ({ text }) => heard.push(text ?? ''));
    const sent = Array.from({ length: 15 }, (_, i) => `line ${i}`);
    for (const text of sent) await alice.client.conversation(conversationId).send(text);
    await bob.client.conversation(conversationId).send('and back');
    await eventually(() => heard.length >= sent.length);
    await receive(alice, conversationId, 'and back');
    expect(heard).toEqual(sent);
  });

  it('gives who was offline everything that is alive, once and in order', async () => {
    await bob.client.disconnect();
    const heard: string[] = [];
    bob.client.on('message', ({ text }) => heard.push(text ?? ''));
    const sent = ['while', 'you', 'were', 'away'];
    let last = '';
    for (const text of sent) last = (await alice.client.conversation(conversationId).send(text)).id;
    await reaches(alice, last, 'accepted');
    await bob.client.connect();
    await eventually(() => heard.length >= sent.length);
    expect(heard).toEqual(sent);
    await reaches(alice, last, 'delivered');
  });

  it('sends what was written offline when the connection is back', async () => {
    await alice.client.disconnect();
    const { id, state } = await alice.client.conversation(conversationId).send('written offline');
    expect(state).toBe('queued');
    await alice.client.connect();
    await receive(bob, conversationId, 'written offline');
    await reaches(alice, id, 'delivered');
  });

  it('lets the sender recall a message at once', async () => {
    const { id } = await alice.client.conversation(conversationId).send('sent to the wrong person');
    await receive(bob, conversationId, 'sent to the wrong person');
    await alice.client.conversation(conversationId).burn(id);
    await eventually(async () => !(await textsOf(bob, conversationId)).includes('sent to the wrong person'));
    await reaches(alice, id, 'burned');
  });

  it('applies the stricter burn-after-read of the two', async () => {
    await alice.client.conversation(conversationId).setBurnAfterRead(600);
    await bob.client.conversation(conversationId).setBurnAfterRead(60);
    await eventually(async () => {
      const [own] = await alice.client.conversations.list();
      return own?.burnAfterReadSeconds === 60 && own.ownBurnAfterReadSeconds === 600;
    });
    const { id } = await alice.client.conversation(conversationId).send('stricter');
    await receive(bob, conversationId, 'stricter');
    await bob.client.conversation(conversationId).markRead([id]);
    const burnsIn = async () => {
      const messages = await alice.client.conversation(conversationId).messages();
      const read = messages.find((message) => message.id === id);
      return (read?.burnAt ?? Infinity) - (read?.readAt ?? 0);
    };
    await eventually(async () => (await burnsIn()) <= 60_000);
  });

  it('shows typing and presence to friends, and not when turned off', async () => {
    const typing: boolean[] = [];
    bob.client.on('typing', (change) => typing.push(change.typing));
    await alice.client.conversation(conversationId).setTyping(true);
    await eventually(() => typing.includes(true));
    await alice.client.conversation(conversationId).setTyping(false);
    await eventually(() => typing.includes(false));
    const presence: boolean[] = [];
    bob.client.on('presence', ({ online }) => presence.push(online));
    const seen: boolean[] = [];
    alice.client.on('presence', ({ online }) => seen.push(online));
    await alice.client.settings.update({ sharePresence: false });
    await eventually(() => presence.length === 1 && seen.length === 1);
    await alice.client.disconnect();
    await alice.client.connect();
    await alice.client.settings.update({ burnAfterReadSeconds: 20 });
    await alice.client.conversation(conversationId).send('still here');
    await receive(bob, conversationId, 'still here');
    expect([presence, seen]).toEqual([[false], [false]]);
    await alice.client.settings.update({ sharePresence: true });
    await eventually(() => presence.length === 2 && seen.length === 2);
    expect([presence, seen]).toEqual([
      [false, true],
      [false, true],
    ]);
  });

  it('shows at once whether a new friend is there', async () => {
    const carol = await registerPerson(server.url);
    const seen: string[] = [];
    for (const { client } of [alice, carol])
      client.on('presence', ({ userId, online }) => seen.push(`${userId} ${online}`));
    await befriend(alice, carol);
    const ids = await Promise.all([alice, carol].map(async ({ client }) => (await client.account())?.userId));
    await eventually(() => seen.length === 2);
    expect(seen.toSorted()).toEqual(ids.map((id) => `${id} true`).toSorted());
    await leave(carol);
  });
});

describe('the life of a message', () => {
  it('ends at the cap though nobody has read it, and the sender is told "expired unread"', async () => {
    const server = await startServer({ messages: { lifeMs: 1_500 } });
    const alice = await registerPerson(server.url);
    const bob = await registerPerson(server.url);
    try {
      const conversationId = await befriend(alice, bob);
      const { id } = await alice.client.conversation(conversationId).send('never read');
      await receive(bob, conversationId, 'never read');
      await reaches(alice, id, 'expired');
      await eventually(async () => (await textsOf(bob, conversationId)).length === 0);
      expect(await textsOf(alice, conversationId)).toEqual([]);
    } finally {
      await leave(alice, bob);
      await server.close();
    }
  });
});
