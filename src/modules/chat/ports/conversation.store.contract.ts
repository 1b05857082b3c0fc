import { beforeEach, describe, expect, it } from '@jest/globals';
import { LIMITS } from '../../../protocol/limits.js';
import type { ManualClock } from '../../../shared/clock.js';
import { RandomIds } from '../../../shared/ids.js';
import type { AcceptedEpoch, ConversationStore, NewHandshake } from './conversation.store.port.js';

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
    let carol: string;
    let device: string;

    const reset = (baseEpoch: number, changes: Partial<NewHandshake> = {}): NewHandshake => ({
      conversationId,
      baseEpoch,
      kind: 'reset',
      senderId: alice,
      senderDeviceId: ids.next(),
      welcome: `welcome ${baseEpoch + 1}`,
      welcomed: [{ deviceId: device }],
      ...changes,
    });
    const commit = (baseEpoch: number, changes: Partial<NewHandshake> = {}): NewHandshake => {
      const { welcome: _, ...rest } = reset(baseEpoch, {
        kind: 'commit',
        commit: `commit ${baseEpoch + 1}`,
        welcomed: [],
      });
      return { ...rest, ...changes };
    };
    const accept = (
      handshake: NewHandshake,
      members: readonly string[] = [alice, bob],
      added: readonly string[] = [],
    ): Promise<AcceptedEpoch> => store.acceptHandshake(handshake, () => Promise.resolve({ members, added }));
    const leave = (userId: string, ...members: readonly string[]): Promise<AcceptedEpoch> =>
      store.acceptLeave(conversationId, userId, () => Promise.resolve(members));
    const listedTo = (userId: string, afterEpoch = 0, deviceId = device) =>
      store.listHandshakes(conversationId, { userId, deviceId }, afterEpoch);
    const epochsFor = async (userId: string): Promise<number[]> => (await listedTo(userId)).map(({ epoch }) => epoch);

    beforeEach(async () => {
      ({ store, clock } = await create());
      [conversationId, device] = [ids.next(), ids.next()];
      [alice, bob, carol] = [ids.next(), ids.next(), ids.next()];
    });

    it('reads an unknown conversation as one in epoch 0 without wishes', async () => {
      expect(await store.getState(conversationId)).toEqual({
        epoch: 0,
        isChanging: false,
        burnAfterReadSeconds: new Map(),
      });
      expect(await listedTo(bob)).toEqual([]);
    });

    it('remembers each member’s wish, the last one', async () => {
      await store.setBurnAfterRead(conversationId, alice, 5);
      await store.setBurnAfterRead(conversationId, bob, 0);
      await store.setBurnAfterRead(conversationId, alice, 60);
      const { burnAfterReadSeconds } = await store.getState(conversationId);
      expect(Object.fromEntries(burnAfterReadSeconds)).toEqual({ [alice]: 60, [bob]: 0 });
    });

    it('accepts one handshake per epoch, whatever the number of tries', async () => {
      const tries = await Promise.allSettled(Array.from({ length: 10 }, () => accept(reset(0))));
      expect(tries.filter(({ status }) => status === 'fulfilled')).toEqual([
        { status: 'fulfilled', value: { epoch: 1, members: [alice, bob] } },
      ]);
      for (const refused of tries.filter((result) => result.status === 'rejected')) {
        expect(refused.reason).toMatchObject({ code: 'EPOCH_STALE', details: { epoch: 1 } });
      }
      expect(await listedTo(bob)).toHaveLength(1);
    });

    it('refuses epochs of the past and of the future', async () => {
      await accept(reset(0));
      await expect(accept(reset(0))).rejects.toMatchObject({ code: 'EPOCH_STALE' });
      await expect(accept(reset(7))).rejects.toMatchObject({
        code: 'EPOCH_STALE',
        details: { epoch: 1 },
      });
    });

    it('gives the welcomed devices the welcome and everyone the commits, in order', async () => {
      await accept(reset(0));
      await accept(commit(1));
      const mine = await listedTo(bob);
      expect(mine.map(({ epoch, kind, welcome, commit }) => [epoch, kind, welcome, commit])).toEqual([
        [1, 'reset', 'welcome 1', undefined],
        [2, 'commit', undefined, 'commit 2'],
      ]);
      const others = await listedTo(alice, 1, ids.next());
      expect(others).toEqual([expect.objectContaining({ epoch: 2, commit: 'commit 2' })]);
      expect(others[0]).not.toHaveProperty('welcome');
    });

    it('keeps handshakes until every member has applied them', async () => {
      await accept(reset(0));
      await accept(reset(1));
      await store.markApplied(conversationId, alice, 2);
      expect(await listedTo(bob)).toHaveLength(2);
      await store.markApplied(conversationId, bob, 1);
      expect((await listedTo(bob)).map(({ epoch }) => epoch)).toEqual([2]);
      await store.markApplied(conversationId, bob, 2);
      await store.markApplied(conversationId, bob, 1);
      expect(await listedTo(bob)).toEqual([]);
      expect((await store.getState(conversationId)).epoch).toBe(2);
    });

    it('keeps what comes after, for a member who says to have applied it already', async () => {
      await accept(reset(0));
      await store.markApplied(conversationId, alice, Number.MAX_SAFE_INTEGER);
      await accept(reset(1));
      await store.markApplied(conversationId, bob, 2);
      expect((await listedTo(alice)).map(({ epoch }) => epoch)).toEqual([2]);
    });

    it('keeps none that the members apply at the same time', async () => {
      for (let base = 0; base < 20; base += 1) {
        await accept(reset(base), [alice, bob, carol]);
        await Promise.all([alice, bob, carol].map((user) => store.markApplied(conversationId, user, base + 1)));
        expect(await listedTo(bob)).toEqual([]);
      }
    });

    it('keeps the latest 32 handshakes, whoever has not applied the others', async () => {
      for (let epoch = 0; epoch < LIMITS.handshakesKept + 3; epoch += 1) await accept(reset(epoch));
      const kept = await listedTo(bob);
      expect([kept.length, kept[0]?.epoch]).toEqual([LIMITS.handshakesKept, 4]);
    });

    it('deletes old handshakes whoever has not applied them', async () => {
      await accept(reset(0));
      clock.advance(1_000);
      await accept(reset(1));
      await store.removeHandshakesBefore(clock.now());
      expect((await listedTo(bob)).map(({ epoch }) => epoch)).toEqual([2]);
    });

    it('keeps who sent a handshake, who was in once it was accepted, and the sealed name', async () => {
      const senderDeviceId = ids.next();
      await accept(reset(0, { senderDeviceId, sealedName: 'name' }), [alice, bob, carol]);
      expect(await listedTo(carol)).toEqual([
        {
          epoch: 1,
          kind: 'reset',
          senderId: alice,
          senderDeviceId,
          members: [alice, bob, carol],
          ...{ welcome: 'welcome 1', sealedName: 'name' },
        },
      ]);
    });

    it('accepts nothing when the members do not agree, and asks them only once the epoch is taken', async () => {
      const refusing = () => Promise.reject(new RangeError('no'));
      await expect(store.acceptHandshake(reset(0), refusing)).rejects.toThrow(RangeError);
      expect((await store.getState(conversationId)).epoch).toBe(0);
      await accept(reset(0));
      await expect(store.acceptHandshake(commit(0), refusing)).rejects.toMatchObject({ code: 'EPOCH_STALE' });
      await expect(store.acceptLeave(conversationId, bob, refusing)).rejects.toThrow(RangeError);
      expect(await store.getState(conversationId)).toMatchObject({ epoch: 1, isChanging: false });
      expect(await epochsFor(bob)).toEqual([1]);
    });

    it('shows a newcomer nothing from before, also one who was a member before', async () => {
      await accept(reset(0));
      await accept(commit(1, { welcome: 'for carol', welcomed: [{ deviceId: device }] }), [alice, bob, carol], [carol]);
      expect(await listedTo(carol)).toEqual([expect.objectContaining({ epoch: 2, welcome: 'for carol' })]);
      await accept(commit(2), [alice, bob]);
      await store.setBurnAfterRead(conversationId, carol, 5);
      await accept(commit(3), [alice, bob, carol], [carol]);
      expect(await epochsFor(carol)).toEqual([4]);
      expect(await epochsFor(bob)).toEqual([1, 2, 3, 4]);
    });

    it('shows nothing to who is no member any more, and does not wait for it', async () => {
      await accept(reset(0), [alice, bob, carol]);
      await store.setBurnAfterRead(conversationId, carol, 5);
      await accept(commit(1), [alice, bob]);
      expect(await epochsFor(carol)).toEqual([]);
      expect((await store.getState(conversationId)).burnAfterReadSeconds.size).toBe(0);
      for (const userId of [alice, bob]) await store.markApplied(conversationId, userId, 2);
      expect(await epochsFor(bob)).toEqual([]);
    });

    it('does not wait for a newcomer to apply what was before it', async () => {
      await accept(reset(0));
      await accept(commit(1), [alice, bob, carol], [carol]);
      for (const userId of [alice, bob]) await store.markApplied(conversationId, userId, 1);
      expect(await epochsFor(bob)).toEqual([2]);
    });

    it('takes an epoch for a leave, and is changing until the next handshake', async () => {
      await accept(reset(0), [alice, bob, carol]);
      expect(await leave(carol, alice, bob)).toEqual({ epoch: 2, members: [alice, bob] });
      expect(await store.getState(conversationId)).toMatchObject({ epoch: 2, isChanging: true });
      expect(await listedTo(bob, 1)).toEqual([{ epoch: 2, kind: 'leave', senderId: carol, members: [alice, bob] }]);
      expect(await epochsFor(carol)).toEqual([]);
      await expect(accept(commit(1))).rejects.toMatchObject({ code: 'EPOCH_STALE', details: { epoch: 2 } });
      await accept(commit(2));
      expect(await store.getState(conversationId)).toMatchObject({ epoch: 3, isChanging: false });
    });

    it('gives every concurrent leave an epoch of its own', async () => {
      await accept(reset(0), [alice, bob, carol]);
      const left = await Promise.all([
        leave(bob, alice, carol),
        leave(carol, alice),
        accept(commit(1)).catch(() => null),
      ]);
      const epochs = left.flatMap((accepted) => accepted?.epoch ?? []);
      expect(new Set(epochs).size).toBe(epochs.length);
      expect((await store.getState(conversationId)).epoch).toBe(1 + epochs.length);
    });

    it('goes with its last member', async () => {
      await accept(reset(0));
      expect(await leave(bob)).toEqual({ epoch: 2, members: [] });
      expect(await store.getState(conversationId)).toEqual({
        epoch: 0,
        isChanging: false,
        burnAfterReadSeconds: new Map(),
      });
      expect(await epochsFor(bob)).toEqual([]);
    });

    it('removes a conversation with all that is its, and nothing else', async () => {
      const other = ids.next();
      await accept(reset(0));
      await accept(reset(0, { conversationId: other }));
      await store.setBurnAfterRead(conversationId, alice, 5);
      await store.remove(conversationId);
      expect(await store.getState(conversationId)).toEqual({
        epoch: 0,
        isChanging: false,
        burnAfterReadSeconds: new Map(),
      });
      expect(await listedTo(bob)).toEqual([]);
      expect((await store.getState(other)).epoch).toBe(1);
    });
  });
}
