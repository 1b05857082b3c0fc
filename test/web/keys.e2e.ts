import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Person, receive } from '../rig/people.js';
import { Stage } from './stage.js';
import { said } from './texts.js';
import type { Visitor } from './visitor.js';

jest.setTimeout(120_000);

describe('a friend whose key changes', () => {
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

  it('shows the same safety number as the other side, and marks the friend as verified', async () => {
    await alice.write('bob', 'before');
    const friend = (await bob.client.friends.list())[0];
    const { digits } = await bob.client.friends.safetyNumber(friend?.userId ?? '');
    await alice.page.getByRole('link', { name: said('shell.friends') }).click();
    await alice.page.locator('a.friend').click();
    const groups = alice.page
      .getByRole('list', { name: said('friends.safety.digits') })
      .locator('[aria-hidden="true"]');
    await groups.first().waitFor();
    expect((await groups.allTextContents()).join('').replace(/\D/g, '')).toBe(digits.replace(/\D/g, ''));
    await alice.button('friends.safety.same').click();
    await alice.page.getByText(said('friends.trust.verified'), { exact: true }).first().waitFor();
  });

  it('stops everything to the friend until a person has decided', async () => {
    await alice.go(`/chats/${conversationId}`);
    await alice.composer('bob').waitFor();
    await bob.client.changeIdentityKey();
    await alice.page.getByRole('heading', { name: said('friends.key.changedTitle', { name: 'bob' }) }).waitFor();
    expect(await alice.composer('bob').count()).toBe(0);
    await alice.button('friends.key.compare').click();
    await alice.button('friends.key.acceptSame').click();
    await alice.write('bob', 'to the new key');
    await receive(bob, conversationId, 'to the new key');
  });
});
