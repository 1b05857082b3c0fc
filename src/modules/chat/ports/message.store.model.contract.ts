import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LIMITS } from '../../../protocol/limits.js';
import { RandomIds } from '../../../shared/ids.js';
import type { MessageStoreUnderTest } from './message.store.contract.js';
import type { BurnedBatch } from './message.store.port.js';
import { appendTo, type Unfenced } from '../spec/append.fixture.js';

interface Expected {
  readonly message: Unfenced;
  readonly cap: number;
  burnAt: number;
  burned: boolean;
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('append' as const), burn: fc.integer({ min: 0, max: 3_600 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('retry' as const), pick: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('read' as const), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('burn' as const), pick: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 1_200_000 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reap' as const) }) },
);

/** Any sequence of sends, retries, reads, burns, waits and reaping against a model of a dozen lines. Prints its seed when it fails. */
export function itKeepsTheModel(create: () => Promise<MessageStoreUnderTest>): void {
  it('keeps sequences whole, burns each message once, and shows nothing at or after its time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { store, clock } = await create();
        const ids = new RandomIds();
        const [conversationId, alice, bob] = [ids.next(), ids.next(), ids.next()];
        const { incarnation } = await store.overview(conversationId, bob);
        const expected: Expected[] = [];
        const announced: number[] = [];
        const announce = (batches: readonly BurnedBatch[]): void => {
          for (const { messages } of batches) announced.push(...messages.map(({ seq }) => seq));
        };
        const seqOf = (pick: number): number[] => (expected.length > 0 ? [(pick % expected.length) + 1] : []);

        for (const action of steps) {
          const now = clock.now();
          if (action.do === 'append') {
            const message: Unfenced = {
              conversationId,
              senderId: alice,
              senderDeviceId: alice,
              clientMessageId: ids.next(),
              epoch: 1,
              ciphertext: 'sealed',
              burnAfterReadSeconds: action.burn,
              strictestBurnSeconds: 3_600,
              recipients: [bob],
              currentEpoch: 1,
            };
            const cap = now + LIMITS.messageLifeMs;
            expect(await appendTo(store, message)).toMatchObject({
              seq: expected.length + 1,
              burnAt: cap,
              duplicate: false,
            });
            expected.push({ message, cap, burnAt: cap, burned: false });
          } else if (action.do === 'retry') {
            for (const seq of seqOf(action.pick)) {
              const { message } = expected[seq - 1] as Expected;
              expect(await appendTo(store, message)).toMatchObject({ seq, duplicate: true });
            }
          } else if (action.do === 'read') {
            const seqs = seqOf(action.pick);
            for (const { seq, burnAt } of await store.markRead(
              { conversationId, incarnation, userId: bob, seqs },
              true,
            )) {
              const known = expected[seq - 1] as Expected;
              known.burnAt = Math.min(known.cap, now + known.message.burnAfterReadSeconds * 1_000);
              expect(burnAt).toBe(known.burnAt);
            }
          } else if (action.do === 'burn') {
            const seqs = seqOf(action.pick);
            announce(await store.burn({ conversationId, incarnation, userId: alice, seqs }));
            for (const seq of seqs) (expected[seq - 1] as Expected).burned = true;
          } else if (action.do === 'wait') clock.advance(action.ms);
          else announce(await store.takeDue(1_000));

          const { entries, headSeq } = await store.list(conversationId, bob, 0, 1_000);
          expect(headSeq).toBe(expected.length);
          expect(entries.map(({ seq }) => seq)).toEqual(expected.map((_, index) => index + 1));
          for (const [index, { burned, burnAt }] of expected.entries()) {
            const alive = !burned && burnAt > clock.now();
            expect(entries[index]?.ciphertext).toBe(alive ? 'sealed' : undefined);
            expect(entries[index]?.burned === undefined).toBe(alive);
          }
        }
        clock.advance(2 * LIMITS.messageLifeMs);
        announce(await store.takeDue(1_000));
        expect(announced.sort((a, b) => a - b)).toEqual(expected.map((_, index) => index + 1));
      }),
    );
  });
}
