import { beforeEach, describe, expect, it } from '@jest/globals';
import type { PaymentOrderRequest } from '../../src/protocol/payloads/payment.payloads.js';
import { paymentOrderBytes } from '../../src/protocol/signing.js';
import type { AshwireError } from '../ashwire-error.js';
import { decodeBase64Url } from '../crypto/base64url.js';
import { verifySignature } from '../crypto/ed25519-keys.js';
import type { MessageRecord } from '../store/records.js';
import { KINDS } from '../store/client-store.js';
import { CONVERSATION, PayingPerson, SERVER } from './payments.fixture.js';
import type { Payments } from './payments.js';

const stranger = 'Z'.repeat(22);

describe('Payments', () => {
  let alice: PayingPerson;
  let payments: Payments;

  beforeEach(async () => {
    alice = await PayingPerson.create();
    ({ payments } = alice.open());
  });

  const nothingHappened = async () => {
    expect([alice.server.posts(), await alice.pending(), await alice.cards()]).toEqual([[], [], []]);
  };

  it('signs the whole order with the identity key, for the pinned key of the payee', async () => {
    await payments.sendRedPacket(alice.bob.userId, 888, { confirmNewKey: true });
    const { signature, ...order } = JSON.parse(alice.server.posts()[0] as string) as PaymentOrderRequest;
    expect(order).toMatchObject({
      ...{ kind: 'red-packet', amount: 888, currency: 'CNY', newKeyConfirmed: true },
      ...{ payeeId: alice.bob.userId, payeeKey: alice.bob.identityKey, issuedAt: alice.clock.now() },
    });
    const bytes = paymentOrderBytes({ ...order, server: SERVER, payerId: alice.alice.userId });
    const key = decodeBase64Url(alice.alice.identityKey);
    expect(verifySignature(key, bytes, decodeBase64Url(signature))).toBe(true);
  });

  it('tells the server nothing of the note', async () => {
    await payments.transfer(alice.bob.userId, 888, { note: 'canary of the note' });
    expect(JSON.stringify(alice.server.sent)).not.toContain('canary');
    expect(await alice.cards()).toMatchObject([{ note: 'canary of the note' }]);
  });

  it.each([0, -1, 1.5, NaN, Infinity, 1e309, 2 ** 53 + 2, 1_000_000_000_001, '888', null, undefined])(
    'refuses the amount %p before anything is stored or sent',
    async (amount) => {
      const bad = { code: 'BAD_REQUEST' };
      await expect(payments.transfer(alice.bob.userId, amount as number)).rejects.toMatchObject(bad);
      await expect(payments.sendRedPacket(alice.bob.userId, amount as number)).rejects.toMatchObject(bad);
      await expect(payments.topUp(amount as number)).rejects.toMatchObject(bad);
      await expect(payments.withdraw(amount as number, 'sandbox')).rejects.toMatchObject(bad);
      await nothingHappened();
    },
  );

  it.each(['', 'x'.repeat(201), 1])('refuses the note %p before anything is stored or sent', async (note) => {
    const payment = payments.transfer(alice.bob.userId, 888, { note: note as string });
    await expect(payment).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await nothingHappened();
  });

  it.each(['', 'x'.repeat(201), undefined])('withdraws to no destination %p', async (destination) => {
    await expect(payments.withdraw(888, destination as string)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await nothingHappened();
  });

  it('pays no stranger', async () => {
    await expect(payments.transfer(stranger, 888)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(payments.transfer(alice.alice.userId, 888)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await nothingHappened();
  });

  it.each([
    ['changed', 'KEY_CHANGED'],
    ['compromised', 'KEY_COMPROMISED'],
  ] as const)('pays no friend whose key is %s', async (trust, code) => {
    await alice.store.commit(alice.store.put(KINDS.contact, { ...alice.bob, trust }));
    await expect(payments.transfer(alice.bob.userId, 888)).rejects.toMatchObject({ code });
    await nothingHappened();
  });

  it('pays nobody without the conversation that the card is for', async () => {
    await alice.open().log.remove(CONVERSATION);
    await expect(payments.transfer(alice.bob.userId, 888)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await nothingHappened();
  });

  it('signs nothing for a server that calls itself another one', async () => {
    alice.server.name = 'https://elsewhere.example.org';
    await expect(payments.transfer(alice.bob.userId, 888)).rejects.toMatchObject({ code: 'BAD_ANSWER' });
    await expect(payments.withdraw(888, 'sandbox')).rejects.toMatchObject({ code: 'BAD_ANSWER' });
    await nothingHappened();
  });

  it('tells of a new key, and signs that it was confirmed when asked to', async () => {
    alice.server.next = ['PAYEE_KEY_RECENT'];
    await expect(payments.transfer(alice.bob.userId, 888)).rejects.toMatchObject({ code: 'PAYEE_KEY_RECENT' });
    expect(await alice.pending()).toEqual([]);
    await payments.transfer(alice.bob.userId, 888, { confirmNewKey: true });
    const [first, second] = alice.server.posts().map((body) => JSON.parse(body) as PaymentOrderRequest);
    expect([first?.newKeyConfirmed, second?.newKeyConfirmed]).toEqual([false, true]);
    expect(second?.orderId).not.toBe(first?.orderId);
  });

  it.each([
    ['a top-up', () => payments.topUp(888)],
    ['a withdrawal', () => payments.withdraw(888, 'sandbox')],
  ])('sends %s again while no answer comes, with the same id, and not without end', async (_, order) => {
    const outcomeOf = async () => {
      const outcome = order().then(
        ({ state }) => state,
        ({ code }: AshwireError) => code,
      );
      for (let round = 0; round < 5; round++) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        alice.clock.advance(30_000);
      }
      return outcome;
    };
    alice.server.next = ['lost', 'UNAVAILABLE'];
    expect(await outcomeOf()).toBe('posted');
    expect(alice.server.posts()).toHaveLength(3);
    expect(new Set(alice.server.posts()).size).toBe(1);
    alice.server.next = ['offline', 'offline', 'offline'];
    expect(await outcomeOf()).toBe('OFFLINE');
    alice.server.next = ['INSUFFICIENT_FUNDS'];
    expect(await outcomeOf()).toBe('INSUFFICIENT_FUNDS');
    expect(alice.server.posts()).toHaveLength(7);
  });

  it('reads the next page of a statement', async () => {
    await payments.statement({ cursor: '17', limit: 10 }).catch(() => undefined);
    expect(alice.server.sent.at(-1)).toMatchObject({ method: 'GET', path: '/payments/statement' });
  });

  describe('with a card of bob', () => {
    const orderId = 'O'.repeat(22);
    const card = { orderId, kind: 'red-packet', amount: 888, currency: 'CNY' } as const;

    beforeEach(() => {
      const people = { payerId: alice.bob.userId, payeeId: alice.alice.userId };
      alice.server.orders.set(orderId, { ...card, ...people, state: 'pending', createdAt: 1 });
    });

    const received = async (change: Partial<MessageRecord>): Promise<MessageRecord> => {
      const message: MessageRecord = {
        ...{ id: 'M'.repeat(22), conversationId: CONVERSATION, direction: 'in', senderId: alice.bob.userId },
        ...{ order: 1, queuedAt: 1, state: 'delivered', burnAfterReadSeconds: 30, card, ...change },
      };
      await alice.store.commit(alice.store.put(KINDS.message, message));
      return message;
    };

    it('verifies and claims it', async () => {
      expect(await payments.verifyCard(await received({}))).toMatchObject({ orderId, amount: 888 });
      expect(await payments.claim(orderId)).toMatchObject({ orderId });
    });

    it('claims what has no card any more', async () => {
      expect(await payments.claim(orderId)).toMatchObject({ orderId });
      expect(alice.server.sent).toHaveLength(1);
    });

    it.each<[string, Partial<MessageRecord>]>([
      ['another amount', { card: { ...card, amount: 8_880 } }],
      ['another currency', { card: { ...card, currency: 'EUR' } }],
      ['another kind', { card: { ...card, kind: 'transfer' } }],
      ['another sender', { senderId: stranger }],
    ])('does not believe a card with %s', async (_, change) => {
      const message = await received(change);
      await expect(payments.verifyCard(message)).rejects.toMatchObject({ code: 'CARD_MISMATCH' });
      await expect(payments.claim(orderId)).rejects.toMatchObject({ code: 'CARD_MISMATCH' });
      expect(alice.server.posts()).toEqual([]);
    });

    it('does not believe a card of an order that is for somebody else, or does not exist', async () => {
      const message = await received({});
      const others = { payerId: alice.bob.userId, payeeId: stranger };
      alice.server.orders.set(orderId, { ...card, ...others, state: 'pending', createdAt: 1 });
      await expect(payments.verifyCard(message)).rejects.toMatchObject({ code: 'CARD_MISMATCH' });
      alice.server.orders.clear();
      await expect(payments.verifyCard(message)).rejects.toMatchObject({ code: 'CARD_MISMATCH' });
      await expect(payments.claim(orderId)).rejects.toMatchObject({ code: 'CARD_MISMATCH' });
    });

    it('lets nobody hinder a claim with a false card of the same order', async () => {
      await received({});
      await received({ id: 'N'.repeat(22), senderId: stranger });
      expect(await payments.claim(orderId)).toMatchObject({ orderId });
    });

    it('verifies an own card', async () => {
      const { orderId: own } = await payments.transfer(alice.bob.userId, 500);
      const [message] = await alice.store.list(KINDS.message);
      expect(await payments.verifyCard(message as MessageRecord)).toMatchObject({ orderId: own });
    });

    it('has nothing to verify in a text', async () => {
      const { card: _, ...message } = await received({});
      await expect(payments.verifyCard(message)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    });
  });
});
