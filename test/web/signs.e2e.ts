import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Person } from '../rig/people.js';
import { FAKE_TIME } from '../rig/fake-time.js';
import { Stage } from './stage.js';
import { said } from './texts.js';
import type { Visitor } from './visitor.js';

jest.setTimeout(120_000);

/** All of it on a device whose clock is two hours behind the server's: nothing may rest on what the device takes for the time. */
describe('what a chat shows beside its messages, on a device whose clock is wrong', () => {
  let stage: Stage;
  let alice: Visitor;
  let bob: Person;
  let conversationId: string;

  beforeAll(async () => {
    stage = await Stage.open({ environment: { LD_PRELOAD: FAKE_TIME, FAKETIME: '+2h', DONT_FAKE_MONOTONIC: '1' } });
    alice = await stage.visitor();
    bob = await stage.person('bob');
    await alice.register('alice');
    conversationId = await alice.befriend(bob);
  });
  afterAll(() => stage.close());
  afterEach(() => expect(stage.problems()).toEqual([]));

  const shown = (text: string): Promise<void> => alice.page.getByText(text, { exact: true }).first().waitFor();
  const gone = (text: string): Promise<void> =>
    alice.page.getByText(text, { exact: true }).first().waitFor({ state: 'detached' });
  const bobs = () => bob.client.conversation(conversationId);
  const search = (query: string): Promise<void> => alice.field('chat.list.search').fill(query);
  const found = (count: number): Promise<void> =>
    alice.page
      .getByRole('status')
      .filter({ hasText: said('chat.list.found', { count }) })
      .waitFor();

  it('says whether the friend is there, unless the friend does not want that', async () => {
    await shown(said('chat.online'));
    await bob.client.settings.update({ sharePresence: false });
    await shown(said('chat.notOnline'));
    await bob.client.settings.update({ sharePresence: true });
    await shown(said('chat.online'));
    await bob.client.disconnect();
    await shown(said('chat.notOnline'));
    await bob.client.connect();
    await shown(said('chat.online'));
  });

  it('says that the friend is typing, and stops when the message is there', async () => {
    const typing = said('chat.typing', { names: 'bob', count: 1 });
    await bobs().setTyping(true);
    await shown(typing);
    await bobs().send('typed for a while');
    await alice.bubble('typed for a while').waitFor();
    await gone(typing);
  });

  it('counts an hour from when the server took a message, whatever the device takes for the time', async () => {
    await alice.write('bob', 'an hour to live');
    await alice.sees('an hour to live', 'delivered');
    const words = await alice.bubble('an hour to live').locator('.countdown').getAttribute('title');
    expect(words).toMatch(/^Burns in (1 hour|60 minutes) at the latest$/);
  });

  it('finds what is alive, by its words, and not what has burned', async () => {
    await alice.burnAfter(10);
    await bobs().send('the umbrella is in the hall');
    await alice.sees('the umbrella is in the hall', 'read');
    await search('umbrella');
    await found(1);
    await alice.page.locator('.found').click();
    expect(await alice.bubble('the umbrella is in the hall').evaluate((row) => row === document.activeElement)).toBe(
      true,
    );
    await search('umbrella');
    await found(0);
  });
});
