import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { FaultProxy } from '../rig/fault-proxy.js';
import { eventually, type Person, receive, textsOf } from '../rig/people.js';
import { Stage } from './stage.js';
import { said } from './texts.js';
import type { Visitor } from './visitor.js';

jest.setTimeout(120_000);

describe('a browser whose network fails', () => {
  let stage: Stage;
  let network: FaultProxy;
  let alice: Visitor;
  let bob: Person;
  let conversationId: string;

  beforeAll(async () => {
    stage = await Stage.open();
    network = await FaultProxy.start({ to: [`127.0.0.1:${stage.server.port}`] });
    alice = await stage.visitorBehind(network.port);
    bob = await stage.person('bob');
    await alice.register('alice');
    conversationId = await alice.befriend(bob);
  });
  afterAll(async () => {
    await stage.close();
    await network.close();
  });
  // What a browser says by itself of connections that fail.
  afterEach(() =>
    expect(stage.problems().filter((problem) => !/ERR_|Failed to load resource/.test(problem))).toEqual([]),
  );

  it('says that it is away, keeps what is written, and both sides get what waited, once', async () => {
    await alice.write('bob', 'while online');
    await alice.sees('while online', 'delivered');
    network.cut();
    await alice.page
      .getByText(said('shell.connection.away'))
      .or(alice.page.getByText(said('shell.connection.connecting')))
      .waitFor();
    await alice.write('bob', 'while away');
    await alice.sees('while away', 'queued');
    await bob.client.conversation(conversationId).send('meanwhile');
    await alice.button('shell.tryNow').click();
    network.mend();
    await alice.sees('while away', 'delivered');
    await alice.bubble('meanwhile').waitFor();
    expect((await textsOf(bob, conversationId)).filter((text) => text === 'while away')).toHaveLength(1);
  });

  it('shows the shell and what was not read yet when it opens without a network', async () => {
    await alice.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await alice.page.reload();
    await alice.isInside();
    network.cut();
    await alice.page.reload();
    await alice.isInside();
    await alice.page.getByRole('heading', { name: 'bob' }).waitFor();
    network.mend();
    await alice.write('bob', 'back again');
    await alice.sees('back again', 'delivered');
  });

  it('delivers once what was encrypted when the tab was killed before it left', async () => {
    network.hold();
    await alice.write('bob', 'last words');
    await alice.sees('last words', 'queued');
    await alice.crash();
    network.cut();
    network.mend();
    await alice.openTab(`/chats/${conversationId}`);
    await alice.sees('last words', 'delivered');
    await receive(bob, conversationId, 'last words');
    await alice.write('bob', 'after it');
    await receive(bob, conversationId, 'after it');
    await eventually(
      async () => (await textsOf(bob, conversationId)).filter((text) => text === 'last words').length === 1,
    );
  });
});
