import { beforeEach, describe, expect, it } from '@jest/globals';
import { LIMITS } from '../../../protocol/limits.js';
import type { ManualClock } from '../../../shared/clock.js';
import { RandomIds } from '../../../shared/ids.js';
import type { Unfenced } from '../spec/append.fixture.js';
import type { MessageStoreUnderTest } from './message.store.contract.js';
import { FenceOutdated, type MessageStore } from './message.store.port.js';

/** What keeps every MessageStore from taking what was meant for the members of before. */
export function describeMessageStoreFenceContract(create: () => Promise<MessageStoreUnderTest>): void {
  describe('MessageStore, its fence', () => {
    const ids = new RandomIds();
    let store: MessageStore;
    let clock: ManualClock;
    let bob: string;
    let conversationId: string;

    const message = (changes: Partial<Unfenced> = {}): Unfenced => ({
      ...{ conversationId, senderId: ids.next(), senderDeviceId: ids.next(), clientMessageId: ids.next() },
      ...{ epoch: 1, currentEpoch: 1, ciphertext: 'sealed', burnAfterReadSeconds: 30, strictestBurnSeconds: 30 },
      ...{ recipients: [bob], ...changes },
    });
    const headSeq = async (): Promise<number> => (await store.overview(conversationId, bob)).headSeq;

    beforeEach(async () => {
      ({ store, clock } = await create());
      [bob, conversationId] = [ids.next(), ids.next()];
    });

    it('is there with the log, the same for all who open it, and not before', async () => {
      expect(await store.findFence(conversationId)).toBeNull();
      await store.renewFence(conversationId);
      expect(await store.findFence(conversationId)).toBeNull();
      const opened = await Promise.all(Array.from({ length: 5 }, () => store.openFence(conversationId)));
      expect(new Set(opened).size).toBe(1);
      await store.append({ ...message(), fence: opened[0] ?? '' });
      expect(await store.findFence(conversationId)).toBe(opened[0]);
      expect(await store.openFence(conversationId)).toBe(opened[0]);
    });

    it('takes nothing under an earlier one, nor without a log, and leaves nothing of it behind', async () => {
      const first = await store.openFence(conversationId);
      await store.renewFence(conversationId);
      await expect(store.append({ ...message(), fence: first })).rejects.toThrow(FenceOutdated);
      await expect(store.append({ ...message(), fence: '' })).rejects.toThrow(FenceOutdated);
      const elsewhere = { conversationId: ids.next(), fence: first };
      await expect(store.append({ ...message(), ...elsewhere })).rejects.toThrow(FenceOutdated);
      expect(await store.findFence(elsewhere.conversationId)).toBeNull();
      expect(await store.overview(conversationId, bob)).toMatchObject({ headSeq: 0, unread: 0 });
      const second = await store.openFence(conversationId);
      expect(second).not.toBe(first);
      await expect(store.append({ ...message(), fence: second })).resolves.toMatchObject({ seq: 1 });
    });

    it('is another one with another log', async () => {
      const first = await store.openFence(conversationId);
      await store.remove(conversationId);
      await expect(store.append({ ...message(), fence: first })).rejects.toThrow(FenceOutdated);
      expect(await store.openFence(conversationId)).not.toBe(first);
      await expect(store.append({ ...message(), fence: first })).rejects.toThrow(FenceOutdated);
    });

    it('answers a retry whatever the fence, and is asked before what the node believes of the epoch', async () => {
      const sent = { ...message(), fence: await store.openFence(conversationId) };
      await store.append(sent);
      await store.renewFence(conversationId);
      await expect(store.append(sent)).resolves.toMatchObject({ seq: 1, duplicate: true });
      const stale = { ...message({ currentEpoch: 2 }), fence: sent.fence };
      await expect(store.append(stale)).rejects.toThrow(FenceOutdated);
      await expect(store.append({ ...stale, refusal: 'GROUP_CHANGING' })).rejects.toThrow(FenceOutdated);
      const fence = await store.openFence(conversationId);
      await expect(store.append({ ...stale, fence })).rejects.toMatchObject({ code: 'EPOCH_STALE' });
    });

    it('divides the appends of one moment into those before and those after', async () => {
      const fence = await store.openFence(conversationId);
      const work: Promise<unknown>[] = [];
      for (let n = 0; n < 40; n += 1) {
        if (n === 20) work.push(store.renewFence(conversationId));
        work.push(store.append({ ...message(), fence }));
      }
      const settled = await Promise.allSettled(work);
      const before = settled.filter(({ status }) => status === 'fulfilled').length - 1;
      expect(before).toBe(await headSeq());
      await expect(store.append({ ...message(), fence })).rejects.toThrow(FenceOutdated);
      expect(await headSeq()).toBe(before);
    });

    it('stays through burning, reaping and the end of all holes', async () => {
      await store.openFence(conversationId);
      await store.renewFence(conversationId);
      const fence = await store.openFence(conversationId);
      await store.append({ ...message(), fence });
      clock.advance(LIMITS.messageLifeMs);
      await store.takeDue(10);
      clock.advance(LIMITS.holeLifeMs + 120_000);
      await store.takeDue(10);
      expect(await store.findFence(conversationId)).toBe(fence);
    });
  });
}
