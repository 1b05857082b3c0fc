import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Person } from '../rig/people.js';
import { Stage } from './stage.js';
import type { Visitor } from './visitor.js';

jest.setTimeout(180_000);

/** Each would run, load or take over something if it were taken for more than text. */
const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  "'-alert(1)-'",
  '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>',
  '<a href="javascript:alert(1)">click</a>',
  'javascript:alert(1)',
  '{{constructor.constructor("alert(1)")()}}',
  '${alert(1)}',
  '<style>body{display:none}</style>',
  '<link rel=stylesheet href=//evil.example/x.css>',
  '<form action=//evil.example><input name=x></form>',
  '<base href=//evil.example>',
  '<meta http-equiv=refresh content="0;url=//evil.example">',
  '</p></div></main><h1>gone</h1>',
  '__proto__',
  '@:chat.title {name} | {count}',
  '&lt;b&gt; &amp; &#60;',
];
/** A display name has at most 32 characters. */
const NAMES = HOSTILE.filter((text) => text.length <= 32);

describe('texts of others that want to be more than text', () => {
  let stage: Stage;
  let alice: Visitor;
  let bob: Person;
  let carol: Person;
  const dialogs: string[] = [];
  const strangers: string[] = [];

  beforeAll(async () => {
    stage = await Stage.open();
    alice = await stage.visitor();
    alice.page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    alice.context.on('request', (request) => {
      if (!request.url().startsWith(stage.url) && !/^(?:blob|data):/.test(request.url())) strangers.push(request.url());
    });
    bob = await stage.person('bob');
    carol = await stage.person('carol');
    await alice.register('alice');
  });
  afterAll(() => stage.close());
  afterEach(async () => {
    expect(stage.problems()).toEqual([]);
    expect(dialogs).toEqual([]);
    expect(strangers).toEqual([]);
    const made =
      'script:not([src]), iframe, base, form[action], [onerror], [onload], a[href^="javascript:"], img[src="x"]';
    expect(await alice.page.locator(made).count()).toBe(0);
  });

  it('are shown letter by letter in messages', async () => {
    const conversationId = await alice.befriend(bob);
    for (const text of HOSTILE) await bob.client.conversation(conversationId).send(text);
    await alice.bubble(HOSTILE.at(-1) ?? '').waitFor();
    for (const text of HOSTILE) expect([text, await alice.bubble(text).count()]).not.toEqual([text, 0]);
  });

  it.each(NAMES)('are shown letter by letter as the name of a friend: %s', async (name) => {
    await bob.client.profile.update({ displayName: name });
    await alice.page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
    await alice.page.getByRole('complementary').getByText(name, { exact: true }).first().waitFor();
  });

  it('are shown letter by letter as the name of a group and in the note of a payment', async () => {
    await bob.client.friends.redeemInvitation((await carol.client.friends.createInvitation()).link);
    const userIdOf = async (name: string): Promise<string> =>
      (await bob.client.friends.list()).find(({ username }) => username === name)?.userId ?? '';
    const [aliceId, carolId] = [await userIdOf('alice'), await userIdOf('carol')];
    const title = NAMES[1] ?? '';
    await bob.client.groups.create(title, [aliceId, carolId]);
    await alice.page.getByRole('complementary').getByText(title, { exact: true }).first().waitFor();
    await bob.client.payments.topUp(10_000);
    await bob.client.payments.sendRedPacket(aliceId, 100, { note: NAMES[2] ?? '' });
    await alice.page
      .getByText(NAMES[2] ?? '', { exact: true })
      .first()
      .waitFor();
  });
});
