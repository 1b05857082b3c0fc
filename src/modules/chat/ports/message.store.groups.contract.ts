import { beforeEach, describe, expect, it } from '@jest/globals';
import { LIMITS } from '../../../protocol/limits.js';
import type { LogEntry } from '../../../protocol/payloads/chat.payloads.js';
import type { ManualClock } from '../../../shared/clock.js';
import { RandomIds } from '../../../shared/ids.js';
import type { MessageStoreUnderTest } from './message.store.contract.js';
import type { LogPosition, MessageStore } from './message.store.port.js';
import { appendTo, type Unfenced } from '../spec/append.fixture.js';

/** What every MessageStore does with messages to several recipients, who come and go. */
export function describeMessageStoreGroupsContract(create: () => Promise<MessageStoreUnderTest>): void {
  describe('MessageStore, for groups', () => {
    const ids = new RandomIds();
    let store: MessageStore;
    let clock: ManualClock;
    let alice: string;
    let bob: string;
    let carol: string;
    let conversationId: string;

    const send = (changes: Partial<Unfenced> = {}) =>
      appendTo(store, {
        ...{ conversationId, senderId: alice, senderDeviceId: ids.next(), clientMessageId: ids.next() },
        ...{ epoch: 1, currentEpoch: 1, ciphertext: 'sealed', burnAfterReadSeconds: 30, strictestBurnSeconds: 30 },
        ...{ recipients: [bob, carol], ...changes },
      });
    const at = async (userId: string, ...seqs: number[]): Promise<LogPosition> => {
      const { incarnation } = await store.overview(conversationId, userId);
      return { conversationId, incarnation, userId, seqs };
    };
    const read = async (userId: string, sharesRead = true) => store.markRead(await at(userId, 1), sharesRead);
    const entryFor = async (userId: string, seq = 1): Promise<LogEntry | undefined> =>
      (await store.list(conversationId, userId, seq - 1, 1)).entries[0];

    beforeEach(async () => {
      ({ store, clock } = await create());
      [alice, bob, carol, conversationId] = [ids.next(), ids.next(), ids.next(), ids.next()];
    });

    it('gives the ciphertext to the recipients only', async () => {
      await send();
      for (const userId of [bob, carol]) expect(await entryFor(userId)).toHaveProperty('ciphertext', 'sealed');
      const newcomer = await entryFor(ids.next());
      expect(newcomer).toMatchObject({ seq: 1, senderId: alice });
      for (const field of ['ciphertext', 'receipts', 'deliveredAt', 'readAt', 'burned']) {
        expect(newcomer).not.toHaveProperty(field);
      }
    });

    it('refuses where it is told to, but neither a retry nor before the epoch', async () => {
      const clientMessageId = ids.next();
      await send({ clientMessageId });
      for (const refusal of ['GROUP_CHANGING', 'GROUP_EMPTY'] as const) {
        await expect(send({ refusal })).rejects.toMatchObject({ code: refusal });
        await expect(send({ refusal, epoch: 2 })).rejects.toMatchObject({ code: 'EPOCH_STALE' });
        await expect(send({ refusal, clientMessageId })).resolves.toMatchObject({ seq: 1, duplicate: true });
      }
      expect((await store.overview(conversationId, bob)).headSeq).toBe(1);
    });

    it('tells the sender how far each recipient is, and the others nothing of one another', async () => {
      await send();
      const receiptsOf = async () => (await entryFor(alice))?.receipts;
      expect(await receiptsOf()).toEqual([{ userId: bob }, { userId: carol }]);
      await store.markDelivered(await at(bob, 1));
      const deliveredAt = clock.now();
      clock.advance(1_000);
      await read(carol);
      const readAt = clock.now();
      expect(await receiptsOf()).toEqual([
        { userId: bob, deliveredAt },
        { userId: carol, deliveredAt: readAt, readAt },
      ]);
      expect(await entryFor(alice)).toMatchObject({ deliveredAt: readAt });
      expect(await entryFor(alice)).not.toHaveProperty('readAt');
      expect(await entryFor(bob)).toMatchObject({ deliveredAt });
      for (const field of ['readAt', 'receipts']) expect(await entryFor(bob)).not.toHaveProperty(field);
    });

    it('names no reader who does not share it', async () => {
      const { burnAt } = await send();
      await read(bob);
      await read(carol, false);
      const own = await entryFor(alice);
      expect(own?.receipts).toEqual([
        { userId: bob, deliveredAt: clock.now(), readAt: clock.now() },
        { userId: carol, deliveredAt: clock.now() },
      ]);
      expect(own?.burnAt).toBe(burnAt);
      expect(own).not.toHaveProperty('readAt');
    });

    it('gives no receipts for a message to one person', async () => {
      await send({ recipients: [bob] });
      expect(await entryFor(alice)).not.toHaveProperty('receipts');
    });

    it('starts to burn with the last reading, not with the first', async () => {
      const { burnAt } = await send();
      expect(await read(bob)).toEqual([{ seq: 1, senderId: alice, burnAt }]);
      clock.advance(60_000);
      expect(await entryFor(bob)).toHaveProperty('ciphertext');
      expect(await read(carol)).toEqual([{ seq: 1, senderId: alice, burnAt: clock.now() + 30_000 }]);
      clock.advance(30_000);
      expect(await entryFor(bob)).toMatchObject({ burned: 'read' });
    });

    it('burns at the cap what one of several has not read, as expired', async () => {
      await send();
      await read(bob);
      clock.advance(LIMITS.messageLifeMs);
      expect(await entryFor(bob)).toMatchObject({ burned: 'expired' });
    });

    it('is full when one recipient is', async () => {
      for (let i = 0; i < LIMITS.unreadPerConversation; i += 1) await send();
      const seqs = Array.from({ length: LIMITS.unreadPerConversation }, (_, i) => i + 1);
      await store.markRead(await at(bob, ...seqs), true);
      await expect(send()).rejects.toMatchObject({ code: 'UNREAD_LIMIT' });
      await expect(send({ recipients: [bob] })).resolves.toMatchObject({ duplicate: false });
      await store.dropRecipient(conversationId, carol);
      await expect(send({ recipients: [bob, carol] })).resolves.toMatchObject({ duplicate: false });
    });

    describe('burning by one of several', () => {
      it('burns that copy only, as read, and is told to nobody else', async () => {
        const { burnAt } = await send();
        const [batch, ...rest] = await store.burn(await at(bob, 1));
        expect([batch?.members, batch?.messages, rest]).toEqual([[bob], [{ seq: 1, reason: 'read' }], []]);
        expect(await store.burn(await at(bob, 1))).toEqual([]);
        expect(await entryFor(bob)).toMatchObject({ burned: 'read' });
        expect(await entryFor(bob)).not.toHaveProperty('ciphertext');
        expect(await entryFor(carol)).toMatchObject({ ciphertext: 'sealed', burnAt });
        expect((await store.overview(conversationId, bob)).unread).toBe(0);
        await read(carol);
        clock.advance(31_000);
        expect((await store.takeDue(10))[0]).toMatchObject({ messages: [{ seq: 1, reason: 'read' }] });
      });

      it('burns for all when the sender recalls it', async () => {
        await send();
        const [batch] = await store.burn(await at(alice, 1));
        expect(batch?.members.toSorted()).toEqual([alice, bob, carol].toSorted());
        for (const userId of [bob, carol]) expect(await entryFor(userId)).toMatchObject({ burned: 'recalled' });
      });
    });

    describe('who is dropped', () => {
      it('gets no more of the messages that there are, and holds none back from burning', async () => {
        await send();
        await read(bob);
        clock.advance(60_000);
        await store.dropRecipient(conversationId, carol);
        expect(await entryFor(carol)).not.toHaveProperty('ciphertext');
        expect(await entryFor(bob)).toMatchObject({ burnAt: clock.now() + 30_000, ciphertext: 'sealed' });
        expect((await entryFor(alice))?.receipts).toEqual([expect.objectContaining({ userId: bob })]);
        clock.advance(31_000);
        const [batch] = await store.takeDue(10);
        expect(batch?.members.toSorted()).toEqual([alice, bob].toSorted());
        expect(batch?.messages).toEqual([{ seq: 1, reason: 'read' }]);
      });

      it('starts no timer while somebody else has not read', async () => {
        const { burnAt } = await send();
        await store.dropRecipient(conversationId, carol);
        expect((await entryFor(bob))?.burnAt).toBe(burnAt);
        await read(bob);
        expect((await entryFor(bob))?.burnAt).toBe(clock.now() + 30_000);
      });

      it('does not lengthen a timer that runs', async () => {
        await send();
        await read(bob);
        await read(carol);
        const burnAt = clock.now() + 30_000;
        clock.advance(20_000);
        await store.dropRecipient(conversationId, carol);
        expect((await entryFor(bob))?.burnAt).toBe(burnAt);
      });

      it('lets a message burn that has no reader left, with no time of delivery', async () => {
        await send();
        for (const userId of [bob, carol]) await store.dropRecipient(conversationId, userId);
        const own = await entryFor(alice);
        expect(own).toMatchObject({ burnAt: clock.now() + 30_000, receipts: [] });
        for (const field of ['deliveredAt', 'readAt']) expect(own).not.toHaveProperty(field);
        clock.advance(31_000);
        expect((await store.takeDue(10))[0]).toMatchObject({ members: [alice], messages: [{ reason: 'expired' }] });
      });

      it('has nothing unread any more', async () => {
        const ciphertext = 'x'.repeat(48_000);
        const fitting = Math.floor(LIMITS.unreadBytesPerUser / ciphertext.length);
        for (let i = 0; i < fitting; i += 1) await send({ ciphertext, recipients: [carol] });
        await expect(send({ ciphertext })).rejects.toMatchObject({ code: 'UNREAD_LIMIT' });
        await store.dropRecipient(conversationId, carol);
        expect((await store.overview(conversationId, carol)).unread).toBe(0);
        await expect(send({ ciphertext, conversationId: ids.next() })).resolves.toMatchObject({ seq: 1 });
      });

      it('hears nothing more of what it sent itself, which goes on for the others', async () => {
        await send();
        await store.dropRecipient(conversationId, alice);
        await read(bob);
        await read(carol);
        clock.advance(31_000);
        const [batch] = await store.takeDue(10);
        expect(batch?.members.toSorted()).toEqual([bob, carol].toSorted());
      });

      it('is told, as a member again, of new messages only', async () => {
        await send();
        await store.dropRecipient(conversationId, carol);
        await send();
        expect(await entryFor(carol, 1)).not.toHaveProperty('ciphertext');
        expect(await entryFor(carol, 2)).toHaveProperty('ciphertext', 'sealed');
        expect((await store.overview(conversationId, carol)).unread).toBe(1);
      });

      it('may be somebody who got nothing, in a conversation without a log', async () => {
        await expect(store.dropRecipient(ids.next(), ids.next())).resolves.toBeUndefined();
      });
    });

    it('names, in one batch, everyone who has to hear of any of its messages', async () => {
      const dave = ids.next();
      await send();
      await send({ senderId: bob, recipients: [dave] });
      clock.advance(LIMITS.messageLifeMs + 1_000);
      const members = (await store.takeDue(10)).flatMap((batch) => batch.members);
      expect(new Set(members)).toEqual(new Set([alice, bob, carol, dave]));
    });
  });
}
