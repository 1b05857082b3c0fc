import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { befriend, type Person, receive, textsOf } from '../rig/people.js';
import { Stage } from './stage.js';
import { said } from './texts.js';
import type { Visitor } from './visitor.js';

jest.setTimeout(120_000);

/** What keeps a message from the wrong person, as somebody in a hurry meets it. */
describe('the guard against the wrong recipient', () => {
  let stage: Stage;
  let alice: Visitor;
  let bob: Person;
  let carol: Person;
  const chats: Record<string, string> = {};

  beforeAll(async () => {
    stage = await Stage.open();
    alice = await stage.visitor({ preferences: { undoSeconds: 5, twoStepForVerified: true } });
    [bob, carol] = [await stage.person('bob'), await stage.person('carol')];
    await alice.register('alice');
    for (const person of [bob, carol]) {
      chats[person.name] = await alice.befriend(person);
    }
  });
  afterAll(() => stage.close());
  afterEach(() => expect(stage.problems()).toEqual([]));

  /** From one chat to another without loading the page anew. */
  const goTo = (name: string): Promise<void> =>
    alice.page.getByRole('complementary').getByRole('link', { name }).first().click();
  const sentTo = (person: Person): Promise<string[]> => textsOf(person, chats[person.name] ?? '');

  it('asks before the first message to somebody, and sends nothing when the answer is no', async () => {
    await goTo('bob');
    await alice.composer('bob').fill('Hello, how are you?');
    await alice.composer('bob').press('Enter');
    await alice.page.getByText(said('chat.guard.doubts.first', { name: 'bob' })).waitFor();
    await alice.button('chat.guard.notYet').click();
    expect(await alice.composer('bob').inputValue()).toBe('Hello, how are you?');
    expect(await sentTo(bob)).toEqual([]);
  });

  it('holds a message for some seconds, in which it can be taken back', async () => {
    await alice.composer('bob').press('Enter');
    await alice.button('chat.guard.send', { name: 'bob' }).click();
    await alice.button('chat.held.takeBack').click();
    expect(await alice.composer('bob').inputValue()).toBe('Hello, how are you?');
    await alice.composer('bob').press('Enter');
    await alice.button('chat.guard.send', { name: 'bob' }).click();
    await alice.page.getByText(said('chat.held.waits')).waitFor();
    expect(await sentTo(bob)).toEqual([]);
    await receive(bob, chats['bob'] ?? '', 'Hello, how are you?');
    expect(await sentTo(bob)).toEqual(['Hello, how are you?']);
  });

  it('keeps a draft in its chat, and gives each chat a look of its own', async () => {
    const look = (): Promise<string> =>
      alice.page
        .locator('form')
        .evaluate((form) => getComputedStyle(form.parentElement ?? form).getPropertyValue('--look'));
    await alice.composer('bob').fill('for bob alone');
    const bobs = await look();
    await goTo('carol');
    expect(await alice.composer('carol').inputValue()).toBe('');
    expect(bobs).not.toBe('');
    await goTo('bob');
    expect([await alice.composer('bob').inputValue(), await look()]).toEqual(['for bob alone', bobs]);
  });

  it('asks before what was copied out of another chat is put into this one', async () => {
    await alice.page
      .locator('[data-id]')
      .filter({ hasText: 'Hello, how are you?' })
      .getByText('Hello, how are you?', { exact: true })
      .selectText();
    await alice.page.keyboard.press('Control+c');
    await goTo('carol');
    await alice.composer('carol').focus();
    await alice.page.evaluate(() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', 'Hello, how are you?');
      document.activeElement?.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
      );
    });
    await alice.page.getByText(said('chat.guard.paste', { origin: 'bob', name: 'carol' })).waitFor();
    await alice.button('chat.guard.notYet').click();
    expect(await alice.composer('carol').inputValue()).toBe('');
  });

  it('asks when the text looks sensitive, without telling anybody', async () => {
    await alice.composer('carol').fill('my password: hunter2!');
    const found = said('chat.guard.sensitive', { what: said('chat.guard.kinds.password') });
    await alice.page.getByText(found).waitFor();
    await alice.composer('carol').press('Enter');
    await alice.page.getByRole('dialog').getByText(found).waitFor();
    await alice.button('chat.guard.notYet').click();
    expect(await sentTo(carol)).toEqual([]);
  });

  it('asks a second time before anything goes to a verified friend, when that is wished', async () => {
    await alice.page.getByRole('link', { name: said('shell.friends') }).click();
    await alice.page.locator('a.friend').filter({ hasText: 'bob' }).click();
    await alice.button('friends.safety.same').click();
    await alice.page.getByText(said('friends.trust.verified'), { exact: true }).first().waitFor();
    await goTo('bob');
    await alice.composer('bob').press('Enter');
    await alice.page.getByText(said('chat.guard.twoStep', { name: 'bob' })).waitFor();
    await alice.button('chat.guard.send', { name: 'bob' }).click();
    await receive(bob, chats['bob'] ?? '', 'for bob alone');
  });

  it('asks before what one person was to get goes to a group', async () => {
    await befriend(bob, carol);
    const friends = await bob.client.friends.list();
    const { groupId } = await bob.client.groups.create(
      'All of us',
      friends.map(({ userId }) => userId),
    );
    await bob.client.conversation(groupId).send('welcome');
    await goTo('All of us');
    await alice.bubble('welcome').waitFor();
    await alice.composer('All of us').fill('between you and me');
    await alice.composer('All of us').press('Enter');
    await alice.page.getByText(said('chat.guard.doubts.groupAfterDirect', { name: 'All of us' })).waitFor();
    await alice.button('chat.guard.notYet').click();
    expect(await textsOf(bob, groupId)).toEqual(['welcome']);
  });
});
