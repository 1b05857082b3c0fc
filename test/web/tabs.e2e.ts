import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually, type Person, textsOf } from '../rig/people.js';
import { textsOnDevice } from './device.js';
import { Stage } from './stage.js';
import { said } from './texts.js';
import type { Visitor } from './visitor.js';

jest.setTimeout(120_000);

describe('two tabs of one person', () => {
  let stage: Stage;
  let alice: Visitor;
  let bob: Person;
  let conversationId: string;

  beforeAll(async () => {
    stage = await Stage.open();
    alice = await stage.visitor();
    bob = await stage.person('bob');
    await alice.register('alice');
    conversationId = await alice.befriend(bob);
  });
  afterAll(() => stage.close());
  afterEach(() => expect(stage.problems()).toEqual([]));

  it('show the same, and what one of them sends arrives once', async () => {
    const first = alice.page;
    await alice.openTab(`/chats/${conversationId}`);
    await alice.write('bob', 'from the second tab');
    await alice.sees('from the second tab', 'delivered');
    await first.locator('[data-state="delivered"]').filter({ hasText: 'from the second tab' }).waitFor();
    await bob.client.conversation(conversationId).send('to both');
    for (const tab of [first, alice.page]) await tab.locator('[data-id]').filter({ hasText: 'to both' }).waitFor();
    expect(await textsOf(bob, conversationId)).toEqual(['from the second tab', 'to both']);
    await first.close();
    await alice.write('bob', 'the other is closed');
    await eventually(async () => (await textsOf(bob, conversationId)).includes('the other is closed'));
  });

  it('are both outside, with nothing left on the device, when one logs out', async () => {
    const first = alice.page;
    await alice.openTab('/settings');
    await alice.button('settings.account.logout').click();
    await alice.button('settings.account.logoutNow').click();
    for (const tab of [first, alice.page]) await tab.getByText(said('entrance.promise')).waitFor();
    const kept = (await textsOnDevice(alice.page)).filter((text) => text.startsWith('indexedDB'));
    expect(kept.filter((text) => / entries /.test(text))).toEqual([]);
  });
});
