import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { eventually, type Person } from '../rig/people.js';
import { holdBefore } from './camera.js';
import { Stage } from './stage.js';
import { said } from './texts.js';
import type { Visitor } from './visitor.js';

jest.setTimeout(120_000);

describe('finding friends and losing them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ashwire-camera-'));
  const camera = join(folder, 'camera.y4m');
  let stage: Stage;
  let alice: Visitor;
  let bob: Person;
  let carol: Person;

  beforeAll(async () => {
    stage = await Stage.open({ camera });
    alice = await stage.visitor();
    await alice.register('alice');
    [bob, carol] = [await stage.person('bob'), await stage.person('carol')];
  });
  afterAll(async () => {
    await stage.close();
    rmSync(folder, { recursive: true });
  });
  afterEach(() => expect(stage.problems()).toEqual([]));

  const section = (key: string): Locator => alice.page.getByRole('region', { name: said(key) });
  const friends = (count: number): Promise<void> =>
    alice.page.getByText(said('friends.meter.count', { count, limit: 20 })).waitFor();
  const requestTo = async (person: Person): Promise<string | undefined> =>
    (await person.client.friends.requests()).incoming[0]?.requestId;

  it('asks by name, gets one answer whether or not there is such a person, and takes a request back', async () => {
    await alice.go('/friends/add');
    for (const name of ['nobody_has_it', 'bob']) {
      await alice.field('friends.byName.label').fill(name);
      await alice.button('friends.byName.ask').click();
      await alice.page.getByText(said('friends.byName.asked', { username: name })).waitFor();
    }
    await alice.page.getByRole('link', { name: said('friends.back') }).click();
    await alice.button('friends.requests.cancelTo', { name: 'nobody_has_it' }).click();
    await alice.button('friends.requests.cancelTo', { name: 'nobody_has_it' }).waitFor({ state: 'detached' });
    await eventually(async () => (await requestTo(bob)) !== undefined);
    await bob.client.friends.accept((await requestTo(bob)) ?? '');
    await section('friends.list').getByText('bob').first().waitFor();
    await friends(1);
    await section('friends.requests.outgoing').waitFor({ state: 'detached' });
  });

  it('is asked, and says no or yes', async () => {
    const asked = alice.page.getByRole('group', { name: said('friends.requests.from', { name: 'carol' }) });
    await carol.client.friends.request('alice');
    await asked.getByRole('button', { name: said('friends.requests.decline') }).click();
    await asked.waitFor({ state: 'detached' });
    await friends(1);
    const [declined] = (await carol.client.friends.requests()).outgoing;
    if (declined) await carol.client.friends.cancel(declined.requestId);
    await carol.client.friends.request('alice');
    await asked.getByRole('button', { name: said('friends.requests.accept') }).click();
    await friends(2);
    await eventually(async () => (await carol.client.friends.list()).length === 1);
  });

  it('blocks a friend, whose chat goes and who asks in vain, and lets them in again', async () => {
    await section('friends.list').getByText('carol').first().click();
    await alice.button('friends.block').click();
    await alice.page
      .getByRole('dialog')
      .getByRole('button', { name: said('friends.block') })
      .click();
    await section('friends.blocked.title').getByText('carol').first().waitFor();
    await friends(1);
    await eventually(async () => (await carol.client.friends.list()).length === 0);
    await carol.client.friends.request('alice');
    await alice.page.reload();
    await alice.button('friends.blocked.unblockName', { name: 'carol' }).click();
    await section('friends.blocked.title').waitFor({ state: 'detached' });
    expect(await section('friends.requests.incoming').count()).toBe(0);
  });

  it('says what is wrong with a text that is no invitation', async () => {
    await alice.go('/friends/add');
    await alice.field('friends.redeem.label').fill('come and be my friend');
    await alice.button('friends.redeem.look').click();
    await alice.page.getByText(said('errors.INVITATION_MALFORMED')).waitFor();
  });

  it('takes an invitation that was pasted, after asking', async () => {
    const dave = await stage.person('dave');
    await alice.field('friends.redeem.label').fill((await dave.client.friends.createInvitation()).code);
    await alice.button('friends.redeem.look').click();
    await alice.page.getByText(said('friends.invitation.unnamed')).waitFor();
    await alice.button('friends.invitation.accept').click();
    await alice.composer('dave').waitFor();
  });

  it('takes an invitation that is held before the camera, after asking', async () => {
    const erin = await stage.person('erin');
    holdBefore(camera, (await erin.client.friends.createInvitation()).qrText);
    await alice.go('/friends/add');
    await alice.button('friends.scan').click();
    await alice.button('common.cameraStart').click();
    await alice.button('friends.invitation.accept').click();
    await alice.composer('erin').waitFor();
  });

  it('verifies a friend by the code that the friend shows, and nobody by somebody else’s', async () => {
    const { userId = '' } = (await bob.client.friends.list())[0] ?? {};
    const strangers = await stage.person('frank');
    const { link } = await strangers.client.friends.createInvitation();
    const { userId: franksId } = await bob.client.friends.redeemInvitation(link);
    holdBefore(camera, (await bob.client.friends.safetyNumber(franksId)).qrText);
    await alice.page.getByRole('link', { name: said('shell.friends') }).click();
    await section('friends.list').getByText('bob').first().click();
    const scan = async (): Promise<void> => {
      await alice.button('friends.safety.scan', { name: 'bob' }).click();
      await alice.button('common.cameraStart').click();
    };
    await scan();
    await alice.page.getByText(said('friends.safety.otherCode', { name: 'bob' })).waitFor();
    holdBefore(camera, (await bob.client.friends.safetyNumber(userId)).qrText);
    await scan();
    await alice.page.getByText(said('friends.trust.verified'), { exact: true }).first().waitFor();
  });
});
