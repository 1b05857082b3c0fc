import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  AshwireClient,
  type BalanceView,
  MemoryStorage,
  type Message,
  type PaymentCard,
  type PaymentOrderView,
} from '../../sdk/index.js';
import type { ClientParts } from '../../sdk/client-parts.js';
import type { HttpTransport } from '../../sdk/transport/http-transport.js';
import { befriend, eventually, leave, type Person, reaches, registerPerson } from '../rig/people.js';
import { type RunningServer, startServer } from '../rig/server.js';

type Parts = ClientParts & { readonly http: HttpTransport };
const partsOf = (client: AshwireClient): Parts => (client as unknown as { parts: Parts }).parts;

/** The server gets and answers the next order; `instead` happens in the place of the answer, which is lost. */
function loseNextAnswer(client: AshwireClient, instead: () => Promise<void>): void {
  let isLost = false;
  const lossy = async (address: string, request: RequestInit): Promise<Response> => {
    const response = await fetch(address, request);
    if (isLost || !address.endsWith('/api/payments/orders')) return response;
    isLost = true;
    expect(response.status).toBe(200);
    await instead();
    throw new TypeError('fetch failed');
  };
  Object.assign(partsOf(client).http, { fetchFunction: lossy });
}

const nothing = (): Promise<void> => Promise.resolve();
const available = async ({ client }: Person): Promise<number> => (await client.payments.balance()).available;
const messagesOf = ({ client }: Person, id: string): Promise<Message[]> => client.conversation(id).messages();
const cardsOf = async (person: Person, id: string): Promise<Message[]> =>
  (await messagesOf(person, id)).filter(({ card }) => card);
const idOf = async ({ client }: Person): Promise<string> => (await client.account())?.userId ?? '';
const contentOf = async ({ storage }: Person): Promise<string> =>
  (await storage.list('')).map(({ value }) => new TextDecoder().decode(value)).join('\n');

async function cardAt(person: Person, id: string): Promise<Message & { readonly card: PaymentCard }> {
  await eventually(async () => (await cardsOf(person, id)).length > 0);
  const [message] = await cardsOf(person, id);
  return message as Message & { readonly card: PaymentCard };
}

/** A card that the client itself would never have sent. */
async function sendFalseCard(person: Person, id: string, card: PaymentCard): Promise<void> {
  const { log, outbox } = partsOf(person.client).chat;
  const senderId = await idOf(person);
  await log.change(id, (change) => change.queue({ id: 'F'.repeat(22), senderId, card }, Date.now()));
  outbox.kick(id);
}

describe('money in a conversation', () => {
  let server: RunningServer;
  let alice: Person;
  let bob: Person;
  let bobId: string;
  let id: string;

  beforeAll(async () => (server = await startServer()));
  afterAll(() => server.close());
  beforeEach(async () => {
    alice = await registerPerson(server.url);
    bob = await registerPerson(server.url);
    id = await befriend(alice, bob);
    bobId = await idOf(bob);
    await alice.client.payments.topUp(10_000);
    await eventually(async () => (await available(alice)) === 10_000);
  });
  afterEach(() => leave(alice, bob));

  /** What a payment of 888 comes to, whatever happened on its way. */
  async function expectOneEffect(payer: Person = alice): Promise<void> {
    await cardAt(bob, id);
    await payer.client.conversation(id).send('afterwards');
    await eventually(async () => (await messagesOf(bob, id)).some(({ text }) => text === 'afterwards'));
    expect(await cardsOf(bob, id)).toHaveLength(1);
    expect([await available(payer), await available(bob)]).toEqual([9_112, 888]);
    const { entries } = await payer.client.payments.statement();
    expect(entries.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['transfer', -888],
      ['top-up', 10_000],
    ]);
    expect(await payer.storage.list('pending-payment/')).toEqual([]);
  }

  it('transfers with a card that burns as a message does, while the balances stay', async () => {
    const orders: PaymentOrderView[] = [];
    const balances: BalanceView[] = [];
    bob.client.on('payment', (order) => orders.push(order));
    bob.client.on('balance', (balance) => balances.push(balance));
    await bob.client.conversation(id).setBurnAfterRead(0);
    const paid = await alice.client.payments.transfer(bobId, 888, { note: 'canary of the note' });
    expect(paid).toMatchObject({ kind: 'transfer', amount: 888, currency: 'CNY', state: 'posted' });
    const message = await cardAt(bob, id);
    const { orderId } = paid;
    const card = { orderId, kind: 'transfer', amount: 888, currency: 'CNY', note: 'canary of the note' };
    expect(message).toMatchObject({ direction: 'in', card });
    expect(message.text).toBeUndefined();
    expect(await bob.client.payments.verifyCard(message)).toMatchObject({ orderId, state: 'posted' });
    await eventually(() => orders.length > 0 && balances.length > 0);
    expect(orders[0]).toMatchObject({ orderId, amount: 888, state: 'posted' });
    expect(balances.at(-1)).toMatchObject({ available: 888, pending: 0 });
    await bob.client.conversation(id).markRead([message.id]);
    for (const person of [alice, bob]) {
      await eventually(async () => (await cardsOf(person, id)).length === 0);
      // It is hidden when its time comes and removed right after.
      await eventually(async () => !(await contentOf(person)).includes('canary of the note'));
    }
    expect([await available(alice), await available(bob)]).toEqual([9_112, 888]);
    expect((await bob.client.payments.statement()).entries).toMatchObject([{ reference: orderId, amount: 888 }]);
  });

  it('sends a red packet that is claimed once', async () => {
    const eve = await registerPerson(server.url);
    await alice.client.payments.sendRedPacket(bobId, 888);
    const { card } = await cardAt(bob, id);
    expect(card.kind).toBe('red-packet');
    expect(await alice.client.payments.balance()).toMatchObject({ available: 9_112, pending: 888 });
    for (const person of [eve, alice]) await expect(person.client.payments.claim(card.orderId)).rejects.toThrow();
    const claims = await Promise.all([1, 2].map(() => bob.client.payments.claim(card.orderId)));
    expect(claims.map(({ state }) => state)).toEqual(['posted', 'posted']);
    expect([await available(alice), await available(bob)]).toEqual([9_112, 888]);
    expect(await alice.client.payments.balance()).toMatchObject({ pending: 0 });
    await leave(eve);
  });

  it('refuses what the account does not hold', async () => {
    const payment = alice.client.payments.transfer(bobId, 10_001);
    await expect(payment).rejects.toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
    expect(await available(alice)).toBe(10_000);
    expect(await alice.storage.list('pending-payment/')).toEqual([]);
  });

  it('pays once, with one card, when the answer is lost and the process ends', async () => {
    loseNextAnswer(alice.client, nothing);
    expect(await alice.client.payments.transfer(bobId, 888)).toMatchObject({ state: 'queued' });
    const storage = MemoryStorage.open(alice.storage as MemoryStorage);
    await alice.client.close();
    expect(await cardsOf(bob, id)).toEqual([]);
    alice = { ...alice, storage, client: await AshwireClient.open({ server: server.url, storage }) };
    await alice.client.connect();
    await expectOneEffect();
  });

  it('pays once, with one card, when the server ends between its commit and its answer', async () => {
    loseNextAnswer(alice.client, () => server.stop());
    expect(await alice.client.payments.transfer(bobId, 888)).toMatchObject({ state: 'queued' });
    server = await startServer({}, server);
    await expectOneEffect();
  }, 40_000);

  it('sends one card when two tabs come back at once', async () => {
    const tab = await AshwireClient.open({ server: server.url, storage: alice.storage });
    loseNextAnswer(alice.client, nothing);
    await alice.client.payments.transfer(bobId, 888);
    await alice.client.disconnect();
    await Promise.all([alice.client.connect(), tab.connect()]);
    await expectOneEffect();
    await tab.disconnect();
  });

  it('repeats the card when the other side starts the session anew', async () => {
    await alice.client.conversation(id).send('first');
    await eventually(async () => (await messagesOf(bob, id)).some(({ text }) => text === 'first'));
    await bob.client.disconnect();
    await alice.client.payments.transfer(bobId, 888, { note: 'lunch' });
    const { id: sent } = await cardAt(alice, id);
    await reaches(alice, sent, 'accepted');
    // Bob's state is gone, as after a restored backup.
    await bob.storage.commit([{ delete: `session/${id}` }]);
    await bob.client.connect();
    expect((await cardAt(bob, id)).card).toMatchObject({ amount: 888, note: 'lunch' });
    await expectOneEffect();
  });

  it('shows no card in a group', async () => {
    const { groupId } = await alice.client.groups.create('lunch', [bobId]);
    const errors: unknown[] = [];
    bob.client.on('error', ({ code }) => errors.push(code));
    await eventually(async () => (await bob.client.groups.list()).length === 1);
    await sendFalseCard(alice, groupId, { orderId: groupId, kind: 'transfer', amount: 1, currency: 'CNY' });
    await eventually(() => errors.includes('UNREADABLE'));
    expect(await cardsOf(bob, groupId)).toEqual([]);
  });

  it('does not believe a card that says more than its order', async () => {
    const { orderId } = await alice.client.payments.sendRedPacket(bobId, 1);
    const { card } = await cardAt(bob, id);
    await alice.client.conversation(id).burn((await cardAt(alice, id)).id);
    await eventually(async () => (await cardsOf(bob, id)).length === 0);
    await sendFalseCard(alice, id, { ...card, amount: 1_000_000 });
    const message = await cardAt(bob, id);
    await expect(bob.client.payments.verifyCard(message)).rejects.toMatchObject({ code: 'CARD_MISMATCH' });
    await expect(bob.client.payments.claim(orderId)).rejects.toMatchObject({ code: 'CARD_MISMATCH' });
    expect(await available(bob)).toBe(0);
  });

  it('asks for a second look when the key of the payee is new', async () => {
    await bob.client.changeIdentityKey();
    await eventually(async () => (await alice.client.friends.list())[0]?.trust === 'changed');
    const before = alice.client.payments.transfer(bobId, 888);
    await expect(before).rejects.toMatchObject({ code: 'KEY_CHANGED' });
    await alice.client.friends.acceptNewKey(bobId);
    const accepted = alice.client.payments.transfer(bobId, 888);
    await expect(accepted).rejects.toMatchObject({ code: 'PAYEE_KEY_RECENT' });
    expect(await available(alice)).toBe(10_000);
    await alice.client.payments.transfer(bobId, 888, { confirmNewKey: true });
    expect([await available(alice), await available(bob)]).toEqual([9_112, 888]);
  });

  it('withdraws', async () => {
    const { amount } = await alice.client.payments.withdraw(4_000, 'sandbox account 1');
    expect(amount).toBe(4_000);
    await eventually(async () => (await available(alice)) === 6_000);
  });

  it('deletes no account with money in it, unless it may be forfeited', async () => {
    await expect(alice.client.deleteAccount()).rejects.toMatchObject({
      code: 'BALANCE_NOT_EMPTY',
      details: { available: 10_000, pending: 0 },
    });
    expect(await available(alice)).toBe(10_000);
    await alice.client.deleteAccount({ forfeitBalance: true });
    await eventually(async () => (await bob.client.friends.list()).length === 0);
  });
});

describe('a red packet that nobody claims', () => {
  it('goes back to its sender, and cannot be claimed any more', async () => {
    const server = await startServer({ payments: { redPacketLifeMs: 1_000, settleEveryMs: 50 } });
    const alice = await registerPerson(server.url);
    const bob = await registerPerson(server.url);
    const id = await befriend(alice, bob);
    await alice.client.payments.topUp(1_000);
    await eventually(async () => (await available(alice)) === 1_000);
    const states: string[] = [];
    alice.client.on('payment', ({ state }) => states.push(state));
    const { orderId } = await alice.client.payments.sendRedPacket(await idOf(bob), 888);
    await cardAt(bob, id);
    await eventually(() => states.includes('voided'));
    expect(await alice.client.payments.balance()).toMatchObject({ available: 1_000, pending: 0 });
    await expect(bob.client.payments.claim(orderId)).rejects.toMatchObject({ code: 'ORDER_EXPIRED' });
    expect(await available(bob)).toBe(0);
    await leave(alice, bob);
    await server.close();
  });
});
