import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { befriend, leave, type Person, reaches, receive, registerPerson, textsOf } from '../../test/rig/people.js';
import { type RunningServer, startServer } from '../../test/rig/server.js';

let server: RunningServer;
let alice: Person;
let bob: Person;

beforeAll(async () => {
  server = await startServer({ messages: { lifeMs: 2_000 } });
  alice = await registerPerson(server.url);
  bob = await registerPerson(server.url);
});
afterAll(async () => {
  await leave(alice, bob);
  await server.close();
});

it('tells the sender "expired unread", online and offline, and leaves no text', async () => {
  const id = await befriend(alice, bob);
  const sent = await alice.client.conversation(id).send('unread');
  await receive(bob, id, 'unread');
  await bob.client.disconnect();
  await reaches(alice, sent.id, 'expired');
  await reaches(bob, sent.id, 'expired');
  expect([...(await textsOf(alice, id)), ...(await textsOf(bob, id))]).toEqual([]);
});
