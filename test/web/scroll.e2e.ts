import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../rig/people.js';
import { Stage } from './stage.js';
import { said } from './texts.js';
import type { Visitor } from './visitor.js';

jest.setTimeout(600_000);

/** As many as a friend can have waiting in one chat; a larger ASHWIRE_BUBBLES is made of what is typed, which takes minutes. */
const RECEIVED = 480;
const TYPED = Math.max(0, Number(process.env['ASHWIRE_BUBBLES'] ?? 0) - RECEIVED);
const HOUR_SECONDS = 3_600;
const FRAMES = 120;
const ROUNDS = 20;
/** A second: one of ten may be late. */
const FEWEST = 54;

describe('a chat with very many messages', () => {
  let stage: Stage;
  let alice: Visitor;

  beforeAll(async () => {
    stage = await Stage.open({ overrides: { limits: { messagesPerConversation: { burst: 2_000 } } } });
    alice = await stage.visitor();
    const bob = await stage.person('bob');
    await alice.register('alice');
    const conversation = bob.client.conversation(await alice.befriend(bob));
    // What is read shall not burn while it is scrolled past.
    await alice.burnAfter(HOUR_SECONDS);
    await conversation.setBurnAfterRead(HOUR_SECONDS);
    await alice.page.getByRole('link', { name: said('shell.settings') }).click();
    for (let index = 0; index < RECEIVED; index++) await conversation.send(textOf(index));
    const unread = alice.page.getByText(said('chat.list.unread', { count: RECEIVED }));
    await unread.waitFor({ state: 'attached', timeout: 120_000 });
    await alice.page.getByRole('complementary').getByRole('link', { name: 'bob' }).first().click();
    if (TYPED > 0) await alice.write('bob', 'went');
    await writeMany(alice, TYPED);
    await eventually(async () => (await alice.page.locator('[data-id]').count()) >= RECEIVED + TYPED, 300_000);
  });
  afterAll(() => stage.close());

  it('scrolls with 60 frames a second', async () => {
    let best = 0;
    // Other tests have this machine too: the best round counts.
    for (let round = 0; round < ROUNDS && best <= FEWEST; round++) {
      best = Math.max(best, await frameRate(alice, round % 2 === 0 ? -1 : 1));
    }
    expect(best).toBeGreaterThan(FEWEST);
  });
});

const textOf = (index: number): string => `${'some words more '.repeat(index % 9)}${index}`;

/** As typed, one after the other. */
function writeMany({ page }: Visitor, count: number): Promise<void> {
  return page.locator('textarea').evaluate(async (area: HTMLTextAreaElement, many) => {
    for (let index = 0; index < many; index++) {
      area.value = `some words more ${index}`;
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
