import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { textsOnDevice } from './device.js';
import { Stage } from './stage.js';
import { said } from './texts.js';
import type { Visitor } from './visitor.js';

jest.setTimeout(120_000);

describe('two people with browsers', () => {
  // Put together at run time: no compiled file or source text holds it.
  const canary = ['the', 'canary', 'sings', String(Date.now())].join('-');
  let stage: Stage;
  let alice: Visitor;
  let bob: Visitor;

  beforeAll(async () => {
    stage = await Stage.open();
    alice = await stage.visitor();
    bob = await stage.visitor();
  });
  afterAll(() => stage.close());
  afterEach(() => expect(stage.problems()).toEqual([]));

  it('register, and get 24 words to come back with', async () => {
    expect(await alice.register('alice')).toHaveLength(24);
    await bob.register('bob');
  });

  it('become friends by a link', async () => {
    const conversationId = await bob.accept(await alice.invite());
    await alice.page.getByText(said('friends.nowFriends', { name: 'bob' })).waitFor();
    await alice.page.getByRole('link', { name: said('friends.writeTo', { name: 'bob' }) }).click();
    await alice.page.waitForURL(`${stage.url}/chats/${conversationId}`);
  });

  it('write, see what was accepted, delivered and read, and see it burn on both sides', async () => {
    await bob.page.getByRole('link', { name: said('shell.settings') }).click();
    await alice.burnAfter(10);
    await alice.write('bob', canary);
    await alice.sees(canary, 'delivered');
    await bob.page.getByRole('link', { name: 'alice' }).click();
    await bob.sees(canary, 'read');
    await alice.sees(canary, 'read');
    await Promise.all([alice, bob].map(({ page }) => page.getByText(canary).waitFor({ state: 'detached' })));
  });

  it('leaves no trace of a burned message in storages, databases, caches, the address or the page', async () => {
    for (const visitor of [alice, bob]) {
      const found = await textsOnDevice(visitor.page);
      // What was looked at was there: not finding means something.
      expect(found.join('\n')).toContain('ashwire/preferences');
      expect(found.some((text) => text.startsWith('indexedDB ashwire'))).toBe(true);
      expect(found.filter((text) => text.includes(canary))).toEqual([]);
      expect(await visitor.page.content()).not.toContain(canary);
    }
  });

  it('come back after a reload, logged in', async () => {
    await alice.page.reload();
    await alice.isInside();
    await alice.write('bob', 'still me');
    await alice.sees('still me', 'read');
    await bob.sees('still me', 'read');
  });
});
