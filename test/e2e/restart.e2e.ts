import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AshwireClient } from '../../sdk/index.js';
import { openSqliteStorage } from '../../sdk/node.js';
import { befriend, leave, type Person, reaches, receive, registerPerson, textsOf } from '../rig/people.js';
import { ServerProcess } from '../rig/server-process.js';

describe('restarts', () => {
  let server: ServerProcess;
  let alice: Person;
  let bob: Person;
  let conversationId: string;

  beforeEach(async () => {
    server = await ServerProcess.start();
    alice = await registerPerson(server.url);
    bob = await registerPerson(server.url);
    conversationId = await befriend(alice, bob);
  });

  afterEach(async () => {
    await leave(alice, bob);
    await server.close();
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'keeps accounts, friends and undelivered messages over a server ended by %s, once each and with their first end of life',
    async (signal) => {
      const heard: string[] = [];
      bob.client.on('message', ({ text }) => heard.push(text ?? ''));
      await alice.client.conversation(conversationId).send('delivered before');
      await receive(bob, conversationId, 'delivered before');
      await bob.client.disconnect();
      const { id } = await alice.client.conversation(conversationId).send('accepted, not delivered');
      await reaches(alice, id, 'accepted');
      const burnAt = (await alice.client.conversation(conversationId).messages()).find(
        (message) => message.id === id,
      )?.burnAt;

      await server.kill(signal);
      await server.launch();
      await bob.client.connect();
      const again = await receive(bob, conversationId, 'accepted, not delivered');
      // Alice's idea of the server's time may be behind by a little; a life that began anew would be seconds longer.
      expect(again.burnAt).toBeLessThanOrEqual((burnAt ?? 0) + 100);
      await alice.client.conversation(conversationId).send('sent after');
      await receive(bob, conversationId, 'sent after');
      expect(heard).toEqual(['delivered before', 'accepted, not delivered', 'sent after']);
    },
    60_000,
  );

  it('finishes what a killed client had begun: its keys, its messages and its outbox are on the device', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ashwire-client-'));
    try {
      const first = await AshwireClient.open({ server: server.url, storage: await openSqliteStorage(folder) });
      const { recoveryWords } = await first.register({ username: 'carol_the_third' });
      await first.connect();
      const carol = { name: 'carol_the_third', client: first, recoveryWords };
      const withAlice = await befriend(alice, carol as unknown as Person);
      await alice.client.conversation(withAlice).send('kept on the device');
      await receive(carol as unknown as Person, withAlice, 'kept on the device');
      await first.disconnect();
      await first.conversation(withAlice).send('written before the end');
      await first.close();

      const second = await AshwireClient.open({ server: server.url, storage: await openSqliteStorage(folder) });
      const kept = await second.conversation(withAlice).messages();
      expect(kept.map(({ text }) => text)).toEqual(['kept on the device', 'written before the end']);
      await second.connect();
      await receive(alice, withAlice, 'written before the end');
      expect(await textsOf(alice, withAlice)).toContain('written before the end');
      await second.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
