import { beforeEach, describe, expect, it } from '@jest/globals';
import { LIMITS } from '../../../protocol/limits.js';
import type { ManualClock } from '../../../shared/clock.js';
import { RandomIds } from '../../../shared/ids.js';
import type { ConversationStore, NewHandshake } from './conversation.store.port.js';

/** What every ConversationStore does. */
export function describeConversationStoreContract(
  create: () => Promise<{ store: ConversationStore; clock: ManualClock }>,
): void {
  describe('ConversationStore', () => {
    const ids = new RandomIds();
    let store: ConversationStore;
    let clock: ManualClock;
    let conversationId: string;
    let alice: string;
    let bob: string;
    let device: string;

    const reset = (baseEpoch: number, changes: Partial<NewHandshake> = {}): NewHandshake => ({
      conversationId,
      baseEpoch,
      kind: 'reset',
      senderId: alice,
      senderDeviceId: ids.next(),
      welcomes: [{ userId: bob, deviceId: device, message: `welcome ${baseEpoch + 1}` }],
      members: [alice, bob],
      ...changes,
    });

    beforeEach(async () => {
      ({ store, clock } = await create());
      [conversationId, alice, bob, device] = [ids.next(), ids.next(), ids.next(), ids.next()];
    });

    it('reads an unknown conversation as one in epoch 0 without wishes', async () => {
      expect(await store.getState(conversationId)).toEqual({ epoch: 0, burnAfterReadSeconds: new Map() });
      expect(await store.listHandshakes(conversationId, device, 0)).toEqual([]);
    });

    it('remembers each member’s wish, the last one', async () => {
      await store.setBurnAfterRead(conversationId, alice, 5);
      await store.setBurnAfterRead(conversationId, bob, 0);
      await store.setBurnAfterRead(conversationId, alice, 60);
      const { burnAfterReadSeconds } = await store.getState(conversationId);
      expect(Object.fromEntries(burnAfterReadSeconds)).toEqual({ [alice]: 60, [bob]: 0 });
    });

    it('accepts one handshake per epoch, whatever the number of tries', async () => {
      const tries = await Promise.allSettled(Array.from({ length: 10 }, () => store.acceptHandshake(reset(0))));
      expect(tries.filter(({ status }) => status === 'fulfilled')).toEqual([{ status: 'fulfilled', value: 1 }]);
      for (const refused of tries.filter((result) => result.status === 'rejected')) {
        expect(refused.reason).toMatchObject({ code: 'EPOCH_STALE', details: { epoch: 1 } });
      }
      expect(await store.listHandshakes(conversationId, device, 0)).toHaveLength(1);
    });

    it('refuses epochs of the past and of the future', async () => {
      await store.acceptHandshake(reset(0));
      await expect(store.acceptHandshake(reset(0))).rejects.toMatchObject({ code: 'EPOCH_STALE' });
      await expect(store.acceptHandshake(reset(7))).rejects.toMatchObject({
        code: 'EPOCH_STALE',
        details: { epoch: 1 },
      });
    });

    it('gives each device its own welcome and everyone the commits, in order', async () => {
      await store.acceptHandshake(reset(0));
      await store.acceptHandshake(reset(1, { kind: 'commit', commit: 'commit 2', welcomes: [] }));
      const mine = await store.listHandshakes(conversationId, device, 0);
      expect(mine.map(({ epoch, kind, welcome, commit }) => [epoch, kind, welcome, commit])).toEqual([
        [1, 'reset', 'welcome 1', undefined],
        [2, 'commit', undefined, 'commit 2'],
      ]);
      const others = await store.listHandshakes(conversationId, ids.next(), 1);
      expect(others).toEqual([expect.objectContaining({ epoch: 2, commit: 'commit 2' })]);
      expect(others[0]).not.toHaveProperty('welcome');
    });

    it('keeps handshakes until every member has applied them', async () => {
      await store.acceptHandshake(reset(0));
      await store.acceptHandshake(reset(1));
      await store.markApplied(conversationId, alice, 2);
      expect(await store.listHandshakes(conversationId, device, 0)).toHaveLength(2);
      await store.markApplied(conversationId, bob, 1);
      expect((await store.listHandshakes(conversationId, device, 0)).map(({ epoch }) => epoch)).toEqual([2]);
      await store.markApplied(conversationId, bob, 2);
      await store.markApplied(conversationId, bob, 1);
      expect(await store.listHandshakes(conversationId, device, 0)).toEqual([]);
      expect((await store.getState(conversationId)).epoch).toBe(2);
    });

    it('keeps the latest 32 handshakes, whoever has not applied the others', async () => {
      for (let epoch = 0; epoch < LIMITS.handshakesKept + 3; epoch += 1) await store.acceptHandshake(reset(epoch));
      const kept = await store.listHandshakes(conversationId, device, 0);
      expect([kept.length, kept[0]?.epoch]).toEqual([LIMITS.handshakesKept, 4]);
    });

    it('deletes old handshakes whoever has not applied them', async () => {
      await store.acceptHandshake(reset(0));
      clock.advance(1_000);
      await store.acceptHandshake(reset(1));
      await store.removeHandshakesBefore(clock.now());
      expect((await store.listHandshakes(conversationId, device, 0)).map(({ epoch }) => epoch)).toEqual([2]);
    });

    it('removes a conversation with all that is its, and nothing else', async () => {
      const other = ids.next();
      await store.acceptHandshake(reset(0));
      await store.acceptHandshake(reset(0, { conversationId: other }));
      await store.setBurnAfterRead(conversationId, alice, 5);
      await store.remove(conversationId);
      expect(await store.getState(conversationId)).toEqual({ epoch: 0, burnAfterReadSeconds: new Map() });
      expect(await store.listHandshakes(conversationId, device, 0)).toEqual([]);
      expect((await store.getState(other)).epoch).toBe(1);
    });
  });
}
