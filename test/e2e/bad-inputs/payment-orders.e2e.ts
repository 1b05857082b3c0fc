import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeBase64Url } from '../../../sdk/crypto/base64url.js';
import { IdentityKey } from '../../../sdk/crypto/identity.js';
import type { ErrorCode } from '../../../src/protocol/errors.js';
import { LIMITS } from '../../../src/protocol/limits.js';
import {
  challengeBytes,
  paymentOrderBytes,
  type SignedPaymentOrder,
  SIGNATURE_DOMAINS,
  signedBytes,
  withdrawalBytes,
} from '../../../src/protocol/signing.js';
import { RandomIds } from '../../../src/shared/ids.js';
import { balanceOf, keyOf, orderOf, place, topUp } from '../../rig/order-payer.js';
import { RawMember } from '../../rig/raw-group.js';
import { befriend, RawPerson } from '../../rig/raw-person.js';
import type { RunningServer } from '../../rig/server.js';
import { Canary, startTestServer } from './canary.js';
import { expectRefusal, sendJson } from './refusals.js';

const ids = new RandomIds();
const CAPS = { maxPerOrder: 800, maxPerDay: 900 };
const LOW_ORDER_KEY = Buffer.from(`01${'00'.repeat(31)}`, 'hex');
/** The order of the Ed25519 group. */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
type Order = Awaited<ReturnType<typeof orderOf>>;

describe('orders of money that must not be', () => {
  let server: RunningServer;
  let canary: Canary;
  let alice: RawPerson;
  let bob: RawPerson;
  let conversationId: string;

  beforeAll(async () => {
    server = await startTestServer({ payments: CAPS, limits: { paymentOrdersPerUser: { points: 10_000 } } });
    canary = await Canary.start(server.url);
    [alice, bob] = [await RawPerson.register(server.url), await RawPerson.register(server.url)];
    conversationId = await befriend(alice, bob);
    for (let i = 0; i < 2; i += 1) await topUp(alice, 500);
  });
  afterAll(async () => {
    canary.stop();
    await server.close();
  });

  async function nothingMoved(): Promise<void> {
    expect([await balanceOf(alice), await balanceOf(bob)]).toEqual([
      [1_000, 0],
      [0, 0],
    ]);
    await canary.lives();
  }
  async function expectRefused(order: object, code: ErrorCode, details: object = {}, payer = alice): Promise<void> {
    const url = `${server.url}/api/payments/orders`;
    const answer = await sendJson(url, 'POST', JSON.stringify(order), payer.tokens.accessToken);
    expectRefusal(answer, code);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { details } });
    await nothingMoved();
  }

  it.each<[string, Partial<Order>, ErrorCode, object]>([
    ['over the cap of an order', { amount: CAPS.maxPerOrder + 1 }, 'PAYMENT_LIMIT', { max: CAPS.maxPerOrder }],
    ['of the most there is', { amount: LIMITS.paymentAmount }, 'PAYMENT_LIMIT', { max: CAPS.maxPerOrder }],
    ['of another currency', { currency: 'USD' }, 'CURRENCY_UNSUPPORTED', { currency: 'CNY' }],
    ['of a currency that is none', { currency: 'QQQ' }, 'CURRENCY_UNSUPPORTED', { currency: 'CNY' }],
    ['of the year 1970', { issuedAt: 0 }, 'ORDER_OUTDATED', { serverTime: expect.any(Number) }],
    ['of six minutes ago', { issuedAt: Date.now() - 360_000 }, 'ORDER_OUTDATED', {}],
    ['of tomorrow', { issuedAt: Date.now() + 86_400_000 }, 'ORDER_OUTDATED', {}],
    ['of the end of time', { issuedAt: Number.MAX_SAFE_INTEGER }, 'ORDER_OUTDATED', {}],
    ['for a key of zeros', { payeeKey: encodeBase64Url(new Uint8Array(32)) }, 'PAYEE_KEY_CHANGED', {}],
    ['for a key of low order', { payeeKey: encodeBase64Url(LOW_ORDER_KEY) }, 'PAYEE_KEY_CHANGED', {}],
  ])('a well signed order %s: refused', async (_case, fields, code, details) => {
    for (const kind of ['transfer', 'red-packet'] as const) {
      await expectRefused(await orderOf(alice, bob, { ...fields, kind }), code, details);
    }
  });

  it('over the balance: INSUFFICIENT_FUNDS, and nobody has an account that is below zero', async () => {
    for (const kind of ['transfer', 'red-packet'] as const) {
      await expectRefused(await orderOf(bob, alice, { amount: 1, kind }), 'INSUFFICIENT_FUNDS', {}, bob);
    }
  });

  it('to oneself: NOT_YOURSELF; to strangers, conversations, groups, friends of before and nobody: one answer', async () => {
    await expectRefused(await orderOf(alice, alice), 'NOT_YOURSELF');
    const others = (await RawMember.registerMany(server.url, 5)) as [RawMember, RawMember, RawMember, RawMember];
    const [ended, blocked, blocking, deleted] = others;
    for (const { person } of others.slice(0, 4)) await befriend(alice, person);
    await alice.request('DELETE', `/api/friends/${ended.id}`);
    await alice.request('POST', '/api/blocks', { userId: blocked.id });
    await blocking.person.request('POST', '/api/blocks', { userId: alice.tokens.userId });
    expect(await deleted.deleteAccount()).toBe(204);
    const group = { clientGroupId: ids.next(), members: [bob.tokens.userId] };
    const { groupId } = (await alice.request<{ groupId: string }>('POST', '/api/groups', group)).body;
    const nobody = await place(alice, await orderOf(alice, bob, { payeeId: ids.next() }));
    expect([nobody.status, nobody.body.error?.code]).toEqual([404, 'NOT_FOUND']);
    for (const kind of ['transfer', 'red-packet'] as const) {
      for (const { person } of others)
        expect(await place(alice, await orderOf(alice, person, { kind }))).toEqual(nobody);
      for (const payeeId of [conversationId, groupId])
        expect(await place(alice, await orderOf(alice, bob, { payeeId, kind }))).toEqual(nobody);
    }
    for (const { person } of others) person.disconnect();
    await nothingMoved();
  });

  type Sign = (order: SignedPaymentOrder) => Promise<Uint8Array> | Uint8Array;
  const by = (payer: RawPerson, bytes: Uint8Array): Promise<Uint8Array> => payer.identity.sign(bytes);
  const fieldsOf = (o: SignedPaymentOrder): (string | number)[] => [
    ...[o.server, o.orderId, o.kind, o.payerId, o.payeeId, o.payeeKey, o.amount, o.currency, o.issuedAt, ''],
  ];
  const spoiled: Record<string, Sign> = {
    'of zeros': () => new Uint8Array(64),
    'of ones': () => new Uint8Array(64).fill(255),
    'of the neutral element': () => Buffer.concat([LOW_ORDER_KEY, new Uint8Array(32)]),
    'by the leaf key': (order) => alice.leaf.sign(paymentOrderBytes(order)),
    'by the payee': (order) => by(bob, paymentOrderBytes(order)),
    'by a new key': (order) => IdentityKey.generate().sign(paymentOrderBytes(order)),
    'with a part that is too large': async (order) => {
      const signature = await by(alice, paymentOrderBytes(order));
      const s = BigInt(`0x${Buffer.from(signature.slice(32)).reverse().toString('hex')}`) + L;
      return Buffer.concat([signature.slice(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse()]);
    },
    'with its halves exchanged': async (order) => {
      const signature = await by(alice, paymentOrderBytes(order));
      return Buffer.concat([signature.slice(32), signature.slice(0, 32)]);
    },
    'of a login': (order) => {
      const challenge = { challengeId: order.orderId, nonce: order.payeeKey, account: alice.username };
      const rest = { server: order.server, purpose: 'login' as const, expiresAt: order.issuedAt };
      return by(alice, challengeBytes({ ...challenge, ...rest }, order.payeeId));
    },
    'of a withdrawal': (order) => {
      const { orderId: withdrawalId, payerId: userId, payeeId: destination } = order;
      return by(alice, withdrawalBytes({ ...order, withdrawalId, userId, destination }));
    },
    'in no domain': (order) => by(alice, new TextEncoder().encode(fieldsOf(order).join(''))),
    'for another server': (order) => by(alice, paymentOrderBytes({ ...order, server: 'https://evil.example' })),
    'for no server': (order) => by(alice, paymentOrderBytes({ ...order, server: '' })),
    'for a server with a slash': (order) => by(alice, paymentOrderBytes({ ...order, server: `${order.server}/` })),
    'of another payer': (order) => by(alice, paymentOrderBytes({ ...order, payerId: bob.tokens.userId })),
    'with payer and payee exchanged': (order) =>
      by(alice, paymentOrderBytes({ ...order, payerId: order.payeeId, payeeId: order.payerId })),
    'with two fields joined': (order) => {
      const [name, id, ...rest] = fieldsOf(order);
      return by(alice, signedBytes(SIGNATURE_DOMAINS.paymentOrder, `${name}${id}`, '', ...rest));
    },
    'over JSON': (order) => by(alice, new TextEncoder().encode(JSON.stringify(order))),
    ...Object.fromEntries(
      Object.entries(SIGNATURE_DOMAINS)
        .filter(([name]) => name !== 'paymentOrder')
        .map(([name, domain]): [string, Sign] => [
          `of the same fields in the domain ${name}`,
          (order) => by(alice, signedBytes(domain, ...fieldsOf(order))),
        ]),
    ),
  };

  it.each(Object.keys(spoiled))('a signature %s: BAD_SIGNATURE', async (name) => {
    const order = await orderOf(alice, bob);
    const signed = { ...order, server: server.url, payerId: alice.tokens.userId };
    // What is spoiled is taken when it is right.
    expect(encodeBase64Url(await by(alice, paymentOrderBytes(signed)))).toBe(order.signature);
    const signature = encodeBase64Url(Uint8Array.from((await spoiled[name]?.(signed)) ?? []));
    await expectRefused({ ...order, signature }, 'BAD_SIGNATURE');
  });

  it.each(['orderId', 'kind', 'payeeKey', 'amount', 'issuedAt', 'newKeyConfirmed', 'signature'] as const)(
    'two orders with their %s crossed: BAD_SIGNATURE',
    async (field) => {
      const one = await orderOf(alice, bob);
      const fields = { kind: 'red-packet', payeeKey: keyOf(alice), amount: 101, newKeyConfirmed: true } as const;
      const other = await orderOf(alice, bob, { ...fields, issuedAt: one.issuedAt + 1 });
      await expectRefused({ ...one, [field]: other[field] }, 'BAD_SIGNATURE');
      await expectRefused({ ...other, [field]: one[field] }, 'BAD_SIGNATURE');
    },
  );
});
