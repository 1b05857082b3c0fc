import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { FaultProxy } from '../rig/fault-proxy.js';
import { eventually } from '../rig/people.js';
import { Stage } from './stage.js';
import type { Visitor } from './visitor.js';

jest.setTimeout(600_000);

/** ASHWIRE_BUBBLES=1000: two minutes to write them, the same to scroll. */
const MESSAGES = Number(process.env['ASHWIRE_BUBBLES'] ?? 150);
const FRAMES = 120;
/** A second: one of ten may be late. */
const FEWEST = 54;

describe('a chat with very many messages', () => {
  let stage: Stage;
  let network: FaultProxy;
  let alice: Visitor;

  beforeAll(async () => {
    stage = await Stage.open();
    network = await FaultProxy.start({ to: [`127.0.0.1:${stage.server.port}`] });
    alice = await stage.visitorBehind(network.port);
    const bob = await stage.person('bob');
    await alice.register('alice');
    const conversationId = await alice.accept((await bob.client.friends.createInvitation()).link);
    for (let index = 0; index < 20; index++) await bob.client.conversation(conversationId).send(`came ${index}`);
    await alice.write('bob', 'went');
    // So many cannot come in a minute, but they can wait to go.
    network.cut();
    await writeMany(alice, MESSAGES);
    await eventually(async () => (await alice.page.locator('[data-id]').count()) > MESSAGES, 300_000);
  });
  afterAll(async () => {
    await stage.close();
    await network.close();
  });

  it('scrolls with 60 frames a second', async () => {
    const rates: number[] = [];
    for (let round = 0; round < 5; round++) rates.push(await frameRate(alice, round % 2 === 0 ? -1 : 1));
    // The best of five rounds: other tests have this machine too.
    expect(Math.max(...rates)).toBeGreaterThan(FEWEST);
  });
});

/** As typed, one after the other. */
function writeMany({ page }: Visitor, count: number): Promise<void> {
  return page.locator('textarea').evaluate(async (area: HTMLTextAreaElement, many) => {
    for (let index = 0; index < many; index++) {
      area.value = `${'some words more '.repeat(index % 9)}${index}`;
      area.dispatchEvent(new Event('input', { bubbles: true }));
      area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
      await new Promise((resolve) => setTimeout(resolve));
    }
  }, count);
}

/** Frames a second while each frame moves the log by half a screen. */
function frameRate({ page }: Visitor, direction: number): Promise<number> {
  return page.locator('.log[role="region"]').evaluate(
    async (log, { frames, to }) => {
      const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
      const begun = await frame();
      let at = begun;
      for (let count = 0; count < frames; count++) {
        log.scrollTop += to * 300;
        at = await frame();
      }
      return (1_000 * frames) / (at - begun);
    },
    { frames: FRAMES, to: direction },
  );
}
