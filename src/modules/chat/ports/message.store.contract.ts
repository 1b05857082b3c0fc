import { beforeEach, describe, expect, it } from '@jest/globals';
import { LIMITS } from '../../../protocol/limits.js';
import type { ManualClock } from '../../../shared/clock.js';
import { RandomIds } from '../../../shared/ids.js';
import type { BurnedBatch, LogPosition, MessageStore } from './message.store.port.js';
import { appendTo, type Unfenced } from '../spec/append.fixture.js';

export interface MessageStoreUnderTest {
  readonly store: MessageStore;
  readonly clock: ManualClock;
}

const MINUTE = 60_000;
const seqsOf = (batches: readonly BurnedBatch[]): number[] =>
  batches.flatMap(({ messages }) => messages.map(({ seq }) => seq));

/** What every MessageStore does. Each test uses ids of its own, so that a store may be shared. */
export function describeMessageStoreContract(create: () => Promise<MessageStoreUnderTest>): void {
  describe('MessageStore', () => {
    const ids = new RandomIds();
    let store: MessageStore;
    let clock: ManualClock;
    let alice: string;
    let bob: string;
    let conversationId: string;

    const message = (changes: Partial<Unfenced> = {}): Unfenced => ({
      conversationId,
      senderId: alice,
      senderDeviceId: ids.next(),
      clientMessageId: ids.next(),
      epoch: 1,
      ciphertext: 'sealed',
      burnAfterReadSeconds: 30,
      strictestBurnSeconds: 30,
      recipients: [bob],
      currentEpoch: 1,
      ...changes,
    });
    const at = async (userId: string, ...seqs: number[]): Promise<LogPosition> => {
      const { incarnation } = await store.overview(conversationId, userId);
      return { conversationId, incarnation, userId, seqs };
    };
    const drain = async (): Promise<BurnedBatch[]> => {
      const all: BurnedBatch[] = [];
      for (let batch = await store.takeDue(100); batch.length > 0; batch = await store.takeDue(100)) all.push(...batch);
      return all;
    };

    beforeEach(async () => {
      ({ store, clock } = await create());
      [alice, bob, conversationId] = [ids.next(), ids.next(), ids.next()];
    });

    it('gives contiguous sequences from 1, also to concurrent appends', async () => {
      const appended = await Promise.all(Array.from({ length: 50 }, () => appendTo(store, message())));
      expect(appended.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    });

    it('stores one client message id once, however many retries arrive at the same time', async () => {
      const retry = message();
      const answers = await Promise.all(Array.from({ length: 20 }, () => appendTo(store, retry)));
      expect(new Set(answers.map(({ seq }) => seq))).toEqual(new Set([1]));
      expect(answers.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
      expect((await store.list(conversationId, bob, 0, 10)).entries).toHaveLength(1);
    });

    it('refuses another body under the same id, and allows the same id to another sender', async () => {
      const first = message();
      await appendTo(store, first);
      await expect(appendTo(store, { ...first, ciphertext: 'other' })).rejects.toMatchObject({
        code: 'CLIENT_MESSAGE_ID_REUSED',
      });
      await expect(appendTo(store, { ...first, senderId: bob, recipients: [alice] })).resolves.toMatchObject({
        seq: 2,
      });
    });

    it('answers a retry with the first result after the message has burned and the epoch has moved on', async () => {
      const first = message();
      const { seq, acceptedAt } = await appendTo(store, first);
      await store.burn(await at(bob, seq));
      const again = await appendTo(store, { ...first, currentEpoch: 5 });
      expect(again).toMatchObject({ seq, acceptedAt, duplicate: true });
    });

    it('refuses a message of another epoch and stores nothing of it', async () => {
      await expect(appendTo(store, message({ currentEpoch: 2 }))).rejects.toMatchObject({
        code: 'EPOCH_STALE',
        details: { epoch: 2 },
      });
      expect((await store.overview(conversationId, bob)).headSeq).toBe(0);
    });

    it('shows a recipient the ciphertext and the sender only its states', async () => {
      await appendTo(store, message());
      expect((await store.list(conversationId, bob, 0, 10)).entries[0]).toMatchObject({
        seq: 1,
        ciphertext: 'sealed',
        senderId: alice,
      });
      const own = (await store.list(conversationId, alice, 0, 10)).entries[0];
      expect(own).toMatchObject({ seq: 1 });
      expect(own).not.toHaveProperty('ciphertext');
    });

    it('lists after a sequence, in order, page by page', async () => {
      for (let i = 0; i < 5; i += 1) await appendTo(store, message());
      expect((await store.list(conversationId, bob, 1, 2)).entries.map(({ seq }) => seq)).toEqual([2, 3]);
      expect((await store.list(conversationId, bob, 5, 2)).entries).toEqual([]);
    });

    it('marks delivered and read once each', async () => {
      await appendTo(store, message());
      const position = await at(bob, 1, 1, 7);
      expect(await store.markDelivered(position)).toEqual([expect.objectContaining({ seq: 1, senderId: alice })]);
      expect(await store.markDelivered(position)).toEqual([]);
      expect(await store.markRead(position, true)).toHaveLength(1);
      expect(await store.markRead(position, true)).toEqual([]);
    });

    it('passes over marks by the sender, by strangers and for another incarnation', async () => {
      await appendTo(store, message());
      expect(await store.markRead(await at(alice, 1), true)).toEqual([]);
      expect(await store.markRead(await at(ids.next(), 1), true)).toEqual([]);
      expect(await store.markRead({ ...(await at(bob, 1)), incarnation: ids.next() }, true)).toEqual([]);
    });

    it('shows the sender nothing of a reading that is not shared, until it burns', async () => {
      const { burnAt } = await appendTo(store, message());
      const [read] = await store.markRead(await at(bob, 1), false);
      expect(read?.burnAt).toBe(clock.now() + 30_000);
      const [own] = (await store.list(conversationId, alice, 0, 10)).entries;
      expect(own).toMatchObject({ burnAt, deliveredAt: clock.now() });
      expect(own).not.toHaveProperty('readAt');
      clock.advance(30_000);
      expect((await store.list(conversationId, alice, 0, 10)).entries[0]).toMatchObject({ burned: 'read' });
    });

    it('burns burnAfterRead after the first read, the stricter of message and conversation', async () => {
      await appendTo(store, message({ burnAfterReadSeconds: 30, strictestBurnSeconds: 10 }));
      const [read] = await store.markRead(await at(bob, 1), true);
      expect(read?.burnAt).toBe(clock.now() + 10_000);
      clock.advance(9_999);
      expect((await store.list(conversationId, bob, 0, 10)).entries[0]).toHaveProperty('ciphertext');
      clock.advance(1);
      expect((await store.list(conversationId, bob, 0, 10)).entries[0]).toMatchObject({ burned: 'read' });
    });

    it('never lives longer than 60 minutes, read late or never', async () => {
      await appendTo(store, message({ burnAfterReadSeconds: 3_600, strictestBurnSeconds: 3_600 }));
      clock.advance(59 * MINUTE);
      const [read] = await store.markRead(await at(bob, 1), true);
      expect(read?.burnAt).toBe(clock.now() + MINUTE);
      clock.advance(MINUTE);
      expect((await store.list(conversationId, bob, 0, 10)).entries[0]).not.toHaveProperty('ciphertext');
    });

    it('does not return what is due though nobody has reaped it, and calls it expired when it was never read', async () => {
      await appendTo(store, message());
      clock.advance(LIMITS.messageLifeMs);
      const [entry] = (await store.list(conversationId, bob, 0, 10)).entries;
      expect(entry).toMatchObject({ seq: 1, burned: 'expired' });
      expect(entry).not.toHaveProperty('ciphertext');
      expect(await store.markRead(await at(bob, 1), true)).toEqual([]);
    });

    it('keeps notAfter and refuses what is past it', async () => {
      const { burnAt } = await appendTo(store, message({ notAfter: clock.now() + 1_000 }));
      expect(burnAt).toBe(clock.now() + 1_000);
      await expect(appendTo(store, message({ notAfter: clock.now() }))).rejects.toMatchObject({
        code: 'MESSAGE_EXPIRED',
      });
      expect((await appendTo(store, message({ notAfter: clock.now() + 1e12 }))).burnAt).toBe(
        clock.now() + LIMITS.messageLifeMs,
      );
    });

    it('hands each due message to one reaper, with its members and its reason', async () => {
      for (let i = 0; i < 10; i += 1) await appendTo(store, message());
      await store.markRead(await at(bob, 1), true);
      clock.advance(31_000);
      const [first] = (await Promise.all([drain(), drain()])).filter((batches) => batches.length > 0);
      expect(first).toMatchObject([{ conversationId, messages: [{ seq: 1, reason: 'read' }] }]);
      expect(first?.[0]?.members).toEqual(expect.arrayContaining([alice, bob]));
      clock.advance(LIMITS.messageLifeMs + MINUTE);
      expect(seqsOf(await drain()).sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect(await drain()).toEqual([]);
    });

    it('burns at once for the sender (recalled) and the recipient (read), for nobody else', async () => {
      await appendTo(store, message());
      await appendTo(store, message());
      expect(await store.burn(await at(ids.next(), 1, 2))).toEqual([]);
      expect((await store.burn(await at(alice, 1)))[0]?.messages).toEqual([{ seq: 1, reason: 'recalled' }]);
      expect((await store.burn(await at(bob, 1, 2)))[0]?.messages).toEqual([{ seq: 2, reason: 'read' }]);
      expect((await store.list(conversationId, bob, 0, 10)).entries.map(({ burned }) => burned)).toEqual([
        'recalled',
        'read',
      ]);
    });

    it('counts unread messages of others', async () => {
      await appendTo(store, message());
      await appendTo(store, message());
      await appendTo(store, message({ senderId: bob, recipients: [alice] }));
      await store.markRead(await at(bob, 1), true);
      expect((await store.overview(conversationId, bob)).unread).toBe(1);
      expect((await store.overview(conversationId, alice)).unread).toBe(1);
      await store.burn(await at(alice, 2));
      expect((await store.overview(conversationId, bob)).unread).toBe(0);
    });

    it('takes 500 unread messages of a conversation, then refuses until some are gone', async () => {
      for (let i = 0; i < LIMITS.unreadPerConversation; i += 1) await appendTo(store, message());
      await expect(appendTo(store, message())).rejects.toMatchObject({ code: 'UNREAD_LIMIT' });
      await store.markRead(await at(bob, 1), true);
      await expect(appendTo(store, message())).resolves.toMatchObject({ seq: LIMITS.unreadPerConversation + 1 });
    });

    it('takes 5 MB unread of one user over all conversations', async () => {
      const ciphertext = 'x'.repeat(48_000);
      const fitting = Math.floor(LIMITS.unreadBytesPerUser / ciphertext.length);
      for (let i = 0; i < fitting; i += 1) await appendTo(store, message({ ciphertext, conversationId: ids.next() }));
      await expect(appendTo(store, message({ ciphertext }))).rejects.toMatchObject({ code: 'UNREAD_LIMIT' });
      clock.advance(LIMITS.messageLifeMs + MINUTE);
      await drain();
      await expect(appendTo(store, message({ ciphertext }))).resolves.toMatchObject({ seq: 1 });
    });

    it('explains holes for a day and then only that they are burned', async () => {
      await appendTo(store, message());
      await store.burn(await at(bob, 1));
      clock.advance(LIMITS.holeLifeMs - MINUTE);
      await drain();
      expect((await store.list(conversationId, bob, 0, 10)).entries).toHaveLength(1);
      clock.advance(3 * MINUTE);
      await drain();
      expect(await store.list(conversationId, bob, 0, 10)).toMatchObject({ entries: [], burnedThrough: 1, headSeq: 1 });
      expect(await appendTo(store, message())).toMatchObject({ seq: 2 });
    });

    it('starts another incarnation after the log was removed', async () => {
      await appendTo(store, message());
      const before = await store.overview(conversationId, bob);
      await store.remove(conversationId);
      const after = await store.overview(conversationId, bob);
      expect(after).toMatchObject({ headSeq: 0, unread: 0 });
      expect(after.incarnation).not.toBe(before.incarnation);
      clock.advance(2 * LIMITS.messageLifeMs);
      expect(await drain()).toEqual([]);
    });
  });
}
