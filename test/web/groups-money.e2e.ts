import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { Person } from '../rig/people.js';
import { Stage } from './stage.js';
import { said } from './texts.js';
import { PHONE, type Visitor } from './visitor.js';

jest.setTimeout(180_000);

const PICTURES = join('dist', 'screens', 'groups-money');

/** What people do with money and groups, in two browsers. */
describe('groups and money on the screen', () => {
  let stage: Stage;
  let alice: Visitor;
  let bob: Visitor;
  let carol: Person;
  let chat = '';

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    stage = await Stage.open();
    [alice, bob] = [await stage.visitor({ reducedMotion: 'no-preference' }), await stage.visitor({ viewport: PHONE })];
    carol = await stage.person('carol');
    await alice.register('alice');
    await bob.register('bob');
    chat = await bob.accept(await alice.invite());
    await alice.befriend(carol);
  });
  afterAll(() => stage.close());
  const shot = (visitor: Visitor, name: string): Promise<Buffer> =>
    visitor.page.screenshot({ path: join(PICTURES, `${name}.png`), animations: 'disabled' });
  const shows = (visitor: Visitor, text: string): Promise<void> => visitor.page.getByText(text).first().waitFor();
  const dialogButton = (visitor: Visitor, key: string, values = {}): Locator =>
    visitor.page.getByRole('dialog').getByRole('button', { name: said(key, values), exact: true });

  it('tops up, in money that says that it is worth nothing', async () => {
    await alice.go('/wallet');
    await shows(alice, said('money.testMoney'));
    await alice.button('money.topUp.action').click();
    await alice.field('money.amount', { currency: 'CNY' }).fill('8.888');
    await shows(alice, said('money.problem.malformed', { decimals: 2 }));
    await alice.field('money.amount', { currency: 'CNY' }).fill('100');
    await shot(alice, 'top-up');
    await dialogButton(alice, 'money.topUp.action').click();
    await shows(alice, said('money.topUp.done', { amount: 'CN¥100.00' }));
    await shows(alice, said('money.entry.toppedUp'));
    await shot(alice, 'wallet-topped-up');
  });

  async function send(kind: 'transfer' | 'red-packet', amount: string, note: string): Promise<void> {
    await alice.button('money.pay.actions').click();
    await alice.page.getByRole('menuitem', { name: said(`money.pay.${kind}.action`) }).click();
    await alice.field('money.amount', { currency: 'CNY' }).fill(amount);
    await alice.field('money.note').fill(note);
    await shot(alice, `${kind}-write`);
    await dialogButton(alice, 'money.pay.goOn').click();
    await shows(alice, said(`money.pay.${kind}.explained`, { name: 'bob' }));
    await shot(alice, `${kind}-confirm`);
    await dialogButton(alice, `money.pay.${kind}.confirm`, { amount: `CN¥${amount}`, name: 'bob' }).click();
    await shows(alice, said(`money.pay.${kind}.done`, { amount: `CN¥${amount}`, name: 'bob' }));
  }

  it('transfers after a look at who gets it', async () => {
    await alice.go(`/chats/${chat}`);
    await send('transfer', '20.00', 'lunch');
    await bob.go(`/chats/${chat}`);
    await shows(bob, said('money.card.in.paid'));
    await shot(bob, 'transfer-card');
    await alice.button('money.pay.actions').click();
    await alice.page.getByRole('menuitem', { name: said('money.pay.transfer.action') }).click();
    await alice.field('money.amount', { currency: 'CNY' }).fill('80.01');
    await shows(alice, said('money.problem.balance', { left: 'CN¥80.00' }));
    await alice.page.keyboard.press('Escape');
  });

  it('sends a red packet, which opens', async () => {
    await send('red-packet', '8.88', 'for tea');
    await shows(alice, said('money.card.out.red-packet', { name: 'bob' }));
    await bob.button('money.card.open').waitFor();
    await shot(bob, 'packet-closed');
    await bob.button('money.card.open').click();
    await bob.page.locator('.packet', { hasText: said('money.card.in.claimed') }).waitFor();
    await shot(bob, 'packet-open');
    await shows(alice, said('money.news.packetClaimed', { name: 'bob', amount: 'CN¥8.88' }));
    await shows(alice, said('money.card.out.claimed', { name: 'bob' }));
    await shot(alice, 'packet-claimed-own');
  });

  it('finds a packet in the wallet, and every movement in words', async () => {
    await send('red-packet', '1.00', '');
    await bob.go('/wallet');
    await bob.button('money.openFrom', { name: 'alice' }).waitFor();
    await shot(bob, 'wallet-waiting');
    await bob.button('money.openFrom', { name: 'alice' }).click();
    await shows(bob, said('money.news.got', { amount: 'CN¥1.00' }));
    await shows(bob, said('money.entry.packetClaimed', { name: 'alice' }));
    await shows(bob, said('money.entry.received', { name: 'alice' }));
    await bob.button('money.withdraw.action').click();
    await bob.field('money.amount', { currency: 'CNY' }).fill('5');
    await bob.field('money.withdraw.destination').fill('DE00 1234');
    await dialogButton(bob, 'money.pay.goOn').click();
    await shot(bob, 'withdraw-confirm');
    await dialogButton(bob, 'money.withdraw.action').click();
    await shows(bob, said('money.withdraw.done', { amount: 'CN¥5.00' }));
    await shows(bob, said('money.entry.withdrawn'));
    await shot(bob, 'wallet-statement');
  });

  it('founds a group, whose members see who is whose friend', async () => {
    await alice.go('/groups/new');
    await alice.field('groups.name.label').fill('Picnic');
    await alice.page.getByRole('checkbox', { name: 'bob' }).check();
    await alice.page.getByRole('checkbox', { name: 'carol' }).check();
    await shot(alice, 'new-group');
    await alice.button('groups.new.action').click();
    await alice.page.waitForURL(/\/chats\//);
    const groupId = alice.page.url().split('/').at(-1) ?? '';
    await bob.go(`/groups/${groupId}`);
    await bob.page.getByRole('heading', { name: 'Picnic' }).waitFor();
    await bob.button('groups.member.askFor', { name: 'carol' }).click();
    await shows(bob, said('groups.member.asked'));
    await shot(bob, 'group-member');
    await alice.go(`/groups/${groupId}`);
    await alice.button('groups.rename.action').click();
    await alice.field('groups.name.label').fill('Big picnic');
    await dialogButton(alice, 'groups.rename.action').click();
    await bob.page.getByRole('heading', { name: 'Big picnic' }).waitFor();
    await shot(alice, 'group-owner');
    await alice.button('groups.remove.title', { name: 'carol' }).click();
    await dialogButton(alice, 'groups.remove.action').click();
    await shows(alice, said('groups.remove.done', { name: 'carol' }));
    await alice.button('groups.add.title').click();
    await alice.page.getByRole('radio', { name: 'carol' }).check();
    await shot(alice, 'group-add');
    await dialogButton(alice, 'groups.add.action').click();
    await shows(alice, said('groups.add.done', { name: 'carol' }));
    await alice.button('groups.leave.action').click();
    await shows(alice, said('groups.leave.inherited', { name: 'bob' }));
    await dialogButton(alice, 'groups.leave.action').click();
    await shows(alice, said('groups.leave.done', { group: 'Big picnic' }));
    await bob.button('groups.dissolve.action').click();
    await dialogButton(bob, 'groups.dissolve.action').click();
    await shows(bob, said('groups.dissolve.done', { group: 'Big picnic' }));
    expect(stage.problems()).toEqual([]);
  });
});
