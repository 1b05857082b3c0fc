import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { befriend, type Person } from '../rig/people.js';
import { Stage } from './stage.js';
import { said } from './texts.js';
import { DESK, PHONE, type Visitor } from './visitor.js';

jest.setTimeout(300_000);

const PICTURES = join('dist', 'screens');
const AXE = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');
/** Each theme has its colours, each size its layout: axe looks at three of the five, which show all of both. */
const LOOKS = [
  { theme: 'light', size: PHONE, named: 'light-phone', isSearched: true },
  { theme: 'light', size: DESK, named: 'light-desk', isSearched: false },
  { theme: 'dark', size: PHONE, named: 'dark-phone', isSearched: false },
  { theme: 'dark', size: DESK, named: 'dark-desk', isSearched: true },
  { theme: 'contrast', size: PHONE, named: 'contrast-phone', isSearched: true },
];

interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}
interface Axe {
  run(): Promise<{ readonly violations: readonly Finding[] }>;
}

/** Every screen as somebody with friends, a group and money sees it: pictures to look at, and what axe finds. */
describe('the screens', () => {
  let stage: Stage;
  let alice: Visitor;
  let bob: Person;
  let carol: Person;
  let words: readonly string[];
  const paths: Record<string, string> = {};

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    stage = await Stage.open();
    alice = await stage.visitor();
    [bob, carol] = [await stage.person('bob'), await stage.person('carol')];
  });
  afterAll(() => stage.close());

  it('of the entrance', async () => {
    await see('welcome', () => alice.button('entrance.register').waitFor());
    await alice.button('entrance.register').click();
    await see('register', () => alice.field('entrance.username').waitFor());
    await alice.field('entrance.username').fill('alice');
    await alice.button('entrance.create').click();
    words = await alice.readWords();
    await see('words', () => alice.button('entrance.wroteDown').waitFor());
    await alice.proveWords(words);
    await alice.isInside();
  });

  it('of a new account', async () => {
    await see('nobody', () => alice.isInside());
  });

  it('of friends, chats, groups, money and settings', async () => {
    await fillIn();
    for (const [name, path] of Object.entries(paths)) {
      await alice.go(path);
      await alice.isInside();
      await see(name, () => alice.page.getByRole('heading').first().waitFor());
    }
  });

  it('in Chinese, where words have other widths', async () => {
    const language = alice.page.getByLabel(said('common.language'), { exact: true });
    await alice.page.setViewportSize(PHONE);
    await alice.go('/settings');
    await language.selectOption('zh-CN');
    for (const [name, path] of Object.entries(paths)) {
      await alice.go(path);
      await alice.page.getByRole('navigation').first().waitFor();
      await alice.page.getByRole('heading').first().waitFor();
      await alice.page.locator('.spinner').waitFor({ state: 'detached' });
      await alice.page.screenshot({ path: join(PICTURES, `${name}-chinese-phone.png`), animations: 'disabled' });
      expect([name, await wider(alice.page)]).toEqual([name, 0]);
    }
    await alice.go('/settings');
    await alice.page
      .locator('select')
      .filter({ has: alice.page.locator('option[value="zh-CN"]') })
      .selectOption('en');
    await language.waitFor();
  });

  it('of the lock', async () => {
    await alice.go('/settings');
    await alice.button('settings.lock.set').click();
    await alice.field('settings.lock.next').fill('four words in a row');
    await alice.field('settings.lock.again').fill('four words in a row');
    await alice.page
      .getByRole('dialog')
      .getByRole('button', { name: said('settings.lock.set') })
      .click();
    await alice.button('settings.lock.now').click();
    await see('locked', () => alice.field('entrance.passphrase').waitFor());
    await alice.field('entrance.passphrase').fill('four words in a row');
    await alice.button('entrance.unlock').click();
    await alice.isInside();
  });

  async function fillIn(): Promise<void> {
    const conversationId = await alice.befriend(bob);
    await alice.befriend(carol);
    await befriend(bob, carol);
    const dave = await stage.person('dave');
    await dave.client.friends.request('alice');
    const friends = await bob.client.friends.list();
    const idOf = (name: string): string => friends.find(({ username }) => username === name)?.userId ?? '';
    const { groupId } = await bob.client.groups.create('Plans for Friday', [idOf('alice'), idOf('carol')]);
    await bob.client.conversation(conversationId).setBurnAfterRead(300);
    await bob.client.conversation(conversationId).send('Can you look at the offer before noon?');
    await alice.go(`/chats/${conversationId}`);
    await alice.write('bob', 'Yes, I will call you when I am through.');
    await bob.client.payments.topUp(50_000);
    await bob.client.payments.sendRedPacket(idOf('alice'), 888, { note: 'for tea' });
    await bob.client.payments.transfer(idOf('alice'), 2_000, { note: 'lunch' });
    await bob.client.conversation(groupId).send('Who brings the cake?');
    await carol.client.conversation((await carol.client.groups.list())[0]?.groupId ?? '').send('I do.');
    const bobsId = (await bob.client.account())?.userId ?? '';
    Object.assign(paths, {
      home: '/',
      chat: `/chats/${conversationId}`,
      'group-chat': `/chats/${groupId}`,
      friends: '/friends',
      'add-friend': '/friends/add',
      friend: `/friends/${bobsId}`,
      invitation: '/invitation',
      'new-group': '/groups/new',
      group: `/groups/${groupId}`,
      wallet: '/wallet',
      settings: '/settings',
    });
  }

  /** In all themes and both sizes. */
  async function see(name: string, isThere: () => Promise<unknown>): Promise<void> {
    for (const { theme, size, named, isSearched } of LOOKS) {
      await alice.page.setViewportSize(size);
      await alice.page.evaluate((chosen) => (document.documentElement.dataset['theme'] = chosen), theme);
      await isThere();
      await alice.page.screenshot({ path: join(PICTURES, `${name}-${named}.png`), animations: 'disabled' });
      if (isSearched) expect([name, named, await serious(alice.page)]).toEqual([name, named, []]);
      expect([name, named, await wider(alice.page)]).toEqual([name, named, 0]);
    }
    expect(stage.problems()).toEqual([]);
  }

  async function serious(page: Page): Promise<string[]> {
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: Axe }).axe.run());
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  }

  /** By how much the page would have to be scrolled sideways. */
  const wider = (page: Page): Promise<number> =>
    page.evaluate(() => {
      const scrolled = [document.documentElement, ...document.querySelectorAll('main, aside')];
      return Math.max(...scrolled.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth));
    });
});
