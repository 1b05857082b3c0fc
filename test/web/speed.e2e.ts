import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Stage } from './stage.js';
import type { Visitor } from './visitor.js';

jest.setTimeout(120_000);

const ROUNDS = 20;
const MOST_MS = 1_000;

describe('the chat list', () => {
  let stage: Stage;
  let alice: Visitor;

  beforeAll(async () => {
    stage = await Stage.open();
    alice = await stage.visitor();
    const bob = await stage.person('bob');
    await alice.register('alice');
    await alice.befriend(bob);
    await alice.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  });
  afterAll(() => stage.close());

  it('is painted within a second of opening the page', async () => {
    let best = Infinity;
    // Other tests have this machine too: the best round counts.
    for (let round = 0; round < ROUNDS && best >= MOST_MS; round++) {
      await alice.go('/');
      await alice.page.getByRole('complementary').getByText('bob', { exact: true }).first().waitFor();
      best = Math.min(best, await alice.page.evaluate(() => performance.now()));
    }
    expect(best).toBeLessThan(MOST_MS);
  });
});
