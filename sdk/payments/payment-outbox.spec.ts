import { beforeEach, describe, expect, it } from '@jest/globals';
import { KINDS } from '../store/client-store.js';
import { CONVERSATION, PayingPerson } from './payments.fixture.js';

const HOUR_MS = 60 * 60_000;
const soon = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('PaymentOutbox', () => {
  let alice: PayingPerson;
  let pay: (note?: string) => Promise<{ readonly orderId: string; readonly state: string }>;

  beforeEach(async () => {
    alice = await PayingPerson.create();
    pay = (note) => alice.open().payments.transfer(alice.bob.userId, 888, note === undefined ? {} : { note });
  });

  it('stores the order before it sends it', async () => {
    const { fetch } = alice.server;
    const stored: string[] = [];
    Object.assign(alice.server, {
      fetch: async (...request: Parameters<typeof fetch>) => {
        if (request[1]?.method === 'POST') stored.push(JSON.stringify((await alice.pending())[0]?.request));
        return fetch(...request);
      },
    });
    await pay();
    expect(stored).toEqual(alice.server.posts());
  });

  it('queues the card in the commit that forgets the order', async () => {
    const commits: string[][] = [];
    const commit = alice.storage.commit.bind(alice.storage);
    alice.storage.commit = (changes) => {
      commits.push(changes.map((change) => ('put' in change ? `put ${change.put}` : `delete ${change.delete}`)));
      return commit(changes);
    };
    const { orderId, state } = await pay('lunch');
    expect(state).toBe('posted');
    const message = expect.stringMatching(`^put message/${CONVERSATION}/`) as unknown as string;
    expect(commits).toEqual([
      [`put pending-payment/${orderId}`],
      [`delete pending-payment/${orderId}`, `put conversation/${CONVERSATION}`, message],
    ]);
    expect(await alice.cards()).toEqual([{ orderId, kind: 'transfer', amount: 888, currency: 'CNY', note: 'lunch' }]);
    expect(alice.queued).toEqual([CONVERSATION]);
  });

  it('does not name the message after the order: the server shall not see which one is a card', async () => {
    const { orderId } = await pay();
    const [message] = await alice.store.list(KINDS.message);
    expect(message?.id).not.toBe(orderId);
  });

  it.each(['lost', 'offline', 'UNAVAILABLE', 'RATE_LIMITED', 'INTERNAL'] as const)(
    'sends the same order again when its answer is %s: one effect, one card',
    async (fate) => {
      alice.server.next = [fate];
      const { orderId, state } = await pay('lunch');
      expect(state).toBe('queued');
      expect(await alice.cards()).toEqual([]);
      const waiting = { orderId, kind: 'transfer', amount: 888, currency: 'CNY', state, payeeId: alice.bob.userId };
      expect(await alice.open().payments.unanswered()).toEqual([waiting]);
      await alice.open().outbox.settle();
      await alice.open().outbox.settle();
      expect(await alice.open().payments.unanswered()).toEqual([]);
      expect(new Set(alice.server.posts()).size).toBe(1);
      expect(alice.server.posts()).toHaveLength(2);
      expect([...alice.server.orders.keys()]).toEqual([orderId]);
      expect(await alice.cards()).toMatchObject([{ orderId, note: 'lunch' }]);
      expect(await alice.pending()).toEqual([]);
    },
  );

  it('tells a refusal to the caller, and nothing is left', async () => {
    alice.server.next = ['INSUFFICIENT_FUNDS'];
    await expect(pay()).rejects.toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
    expect([await alice.pending(), await alice.cards(), alice.errors]).toEqual([[], [], []]);
  });

  it('believes the order and not the refusal, when a try before had its effect', async () => {
    alice.server.next = ['lost'];
    const { orderId } = await pay();
    alice.server.next = ['NOT_FOUND'];
    await alice.open().outbox.settle();
    expect(await alice.cards()).toMatchObject([{ orderId }]);
    expect([await alice.pending(), alice.errors]).toEqual([[], []]);
  });

  it('drops an order that is too old and had no effect, and signs no other one', async () => {
    alice.server.next = ['offline'];
    const { orderId } = await pay();
    alice.server.next = ['ORDER_OUTDATED'];
    await alice.open().outbox.settle();
    expect(alice.errors).toMatchObject([{ code: 'ORDER_OUTDATED', details: { orderId } }]);
    expect([await alice.pending(), await alice.cards(), alice.server.orders.size]).toEqual([[], [], 0]);
    expect(new Set(alice.server.posts()).size).toBe(1);
  });

  it('keeps it while it cannot be asked whether a refused order had its effect', async () => {
    alice.server.next = ['lost'];
    await pay();
    alice.server.next = ['ORDER_OUTDATED', 'offline'];
    await alice.open().outbox.settle();
    expect(await alice.pending()).toHaveLength(1);
    await alice.open().outbox.settle();
    expect(await alice.cards()).toHaveLength(1);
  });

  it('keeps it while this device cannot log in', async () => {
    alice.server.next = ['lost'];
    await pay();
    alice.server.next = ['DEVICE_REPLACED'];
    await alice.open().outbox.settle();
    expect(await alice.pending()).toHaveLength(1);
  });

  it('queues one card when several tabs settle at once', async () => {
    alice.server.next = ['lost'];
    await pay();
    await Promise.all(Array.from({ length: 5 }, () => alice.open().outbox.settle()));
    expect(await alice.cards()).toHaveLength(1);
    expect(alice.server.orders.size).toBe(1);
  });

  it('takes no other order than the one that it sent', async () => {
    alice.server.tamper = (order) => ({ ...order, amount: 8_880 });
    expect(await pay()).toMatchObject({ state: 'queued' });
    expect(alice.errors).toMatchObject([{ code: 'BAD_ANSWER' }]);
    expect(await alice.cards()).toEqual([]);
  });

  it('settles without a card when the friendship is over', async () => {
    alice.server.next = ['lost'];
    await pay();
    await alice.open().log.remove(CONVERSATION);
    await alice.open().outbox.settle();
    expect([await alice.pending(), await alice.cards(), alice.server.posts().length]).toEqual([[], [], 2]);
  });

  it('tries again by itself while there is a connection, and leaves it to the next one otherwise', async () => {
    alice.server.next = ['UNAVAILABLE'];
    alice.isOnline = false;
    await pay();
    alice.clock.advance(HOUR_MS / 2);
    await soon();
    expect(alice.server.posts()).toHaveLength(1);
    alice.isOnline = true;
    alice.server.next = ['UNAVAILABLE'];
    await alice.open().outbox.settle();
    alice.clock.advance(30_000);
    await soon();
    expect(await alice.cards()).toHaveLength(1);
  });

  it('stops', async () => {
    alice.server.next = ['UNAVAILABLE'];
    const { payments, outbox } = alice.open();
    await payments.transfer(alice.bob.userId, 888);
    outbox.stop();
    alice.clock.advance(30_000);
    await soon();
    expect(alice.server.posts()).toHaveLength(1);
  });

  it('forgets the note with the hour of a message, and settles without it', async () => {
    alice.server.next = ['lost'];
    alice.isOnline = false;
    await pay('canary of the note');
    const stored = async () => JSON.stringify(await alice.pending());
    alice.clock.advance(HOUR_MS - 1);
    await soon();
    expect(await stored()).toContain('canary');
    alice.clock.advance(1);
    await soon();
    expect(await stored()).not.toContain('canary');
    await alice.open().outbox.settle();
    expect((await alice.cards())[0]).not.toHaveProperty('note');
  });

  it('settles without a note that became too old while the device slept', async () => {
    alice.server.next = ['lost'];
    await pay('canary of the note');
    alice.clock.step(HOUR_MS);
    await alice.open().outbox.settle();
    expect((await alice.cards())[0]).not.toHaveProperty('note');
  });

  it('forgets at the start what became too old while the client was closed', async () => {
    alice.server.next = ['lost'];
    const { outbox } = alice.open();
    await pay('canary of the note');
    alice.clock.step(HOUR_MS);
    await outbox.forgetNotes();
    expect(JSON.stringify(await alice.pending())).not.toContain('canary');
  });
});
