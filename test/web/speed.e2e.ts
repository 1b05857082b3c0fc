import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Stage } from './stage.js';
import type { Visitor } from './visitor.js';

jest.setTimeout(120_000);

const MOST_MS = 1_000;

describe('the chat list', () => {
  let stage: Stage;
  let alice: Visitor;

  beforeAll(async () => {
    stage = await Stage.open();
    alice = await stage.visitor();
    const bob = await stage.person('bob');
    await alice.register('alice');
    await alice.accept((await bob.client.friends.createInvitation()).link);
    await alice.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  });
  afterAll(() => stage.close());

  it('is painted within a second of opening the page', async () => {
    const times: number[] = [];
    for (let round = 0; round < 5; round++) {
      await alice.go('/');
      await alice.page.getByRole('complementary').getByText('bob', { exact: true }).first().waitFor();
      times.push(await alice.page.evaluate(() => performance.now()));
    }
    // The best of five: other tests have this machine too.
    expect(Math.min(...times)).toBeLessThan(MOST_MS);
  });
});
