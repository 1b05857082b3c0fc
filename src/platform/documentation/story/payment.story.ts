import { ERRORS } from '../../../protocol/errors.js';
import { LIMITS } from '../../../protocol/limits.js';
import type {
  PaymentOrderRequest,
  PaymentOrderView,
  StatementEntry,
} from '../../../protocol/payloads/payment.payloads.js';
import { at, STAND_INS } from './stand-ins.js';
import { http, push, refusal, type Step } from './steps.js';

const { alice, bob, chosen, nobody, orderSignature, packetSignature, payAt, server, withdrawalSignature } = STAND_INS;
const currency = 'CNY';

const balance = (available: number, pending = 0) => ({ currency, available, pending });
const aliceHas = (available: number, pending = 0) =>
  push('alice', 'payment:balance-changed', balance(available, pending));
const bobHas = (available: number, pending = 0) => push('bob', 'payment:balance-changed', balance(available, pending));

const topUp = { topUpId: chosen.topUp, amount: 10_000, currency };
const posted = { ...topUp, state: 'posted', createdAt: at(130) } as const;

const funding: readonly Step[] = [
  http("Alice asks what this server's money is", {
    operation: 'GET /api/payments/terms',
    as: 'alice',
    status: 200,
    answer: {
      server,
      currency,
      decimals: 2,
      provider: 'webhook',
      testMoney: false,
      maxPerOrder: 2_000_000,
      maxPerDay: 10_000_000,
      withdrawalFee: 0,
      redPacketLifeMs: LIMITS.redPacketLifeMs,
    },
  }),
  http('Alice pays 100 yuan in', {
    operation: 'POST /api/payments/top-ups',
    as: 'alice',
    request: topUp,
    status: 200,
    answer: {
      ...topUp,
      state: 'pending',
      createdAt: at(130),
      payAt,
    },
  }),
  http('the provider reports that they were paid', {
    operation: 'POST /api/payments/callbacks',
    as: null,
    request: { type: 'top-up.succeeded', reference: chosen.topUp, amount: 10_000, currency },
    status: 200,
    answer: { state: 'posted' },
    pushes: [aliceHas(10_000)],
  }),
  http('Alice sees that they have arrived', {
    operation: 'GET /api/payments/top-ups/{topUpId}',
    as: 'alice',
    parameters: { topUpId: chosen.topUp },
    status: 200,
    answer: posted,
  }),
];

const order = (orderId: string, kind: 'transfer' | 'red-packet', amount: number) => ({
  orderId,
  kind,
  payeeId: bob.userId,
  amount,
  currency,
});
const signed = (made: ReturnType<typeof order>, signature: string): PaymentOrderRequest => ({
  ...made,
  payeeKey: bob.identityKey,
  issuedAt: at(140),
  newKeyConfirmed: false,
  signature,
});

const transfer = order(chosen.transfer, 'transfer', 2_500);
const paid: PaymentOrderView = {
  ...transfer,
  payerId: alice.userId,
  state: 'posted',
  createdAt: at(140),
  settledAt: at(140),
};
const packet = order(chosen.redPacket, 'red-packet', 888);
const waiting: PaymentOrderView = {
  ...packet,
  payerId: alice.userId,
  state: 'pending',
  createdAt: at(150),
  expiresAt: at(86_550),
};
const claimed: PaymentOrderView = { ...waiting, state: 'posted', settledAt: at(160) };

const orders: readonly Step[] = [
  http('Alice pays Bob', {
    operation: 'POST /api/payments/orders',
    as: 'alice',
    request: signed(transfer, orderSignature),
    status: 200,
    answer: paid,
    pushes: [push('bob', 'payment:updated', paid), bobHas(2_500), aliceHas(7_500)],
  }),
  http('Alice sends Bob a red packet', {
    operation: 'POST /api/payments/orders',
    as: 'alice',
    request: signed(packet, packetSignature),
    status: 200,
    answer: waiting,
    pushes: [push('bob', 'payment:updated', waiting), aliceHas(6_612, 888)],
  }),
  http('Bob looks at it', {
    operation: 'GET /api/payments/orders/{orderId}',
    as: 'bob',
    parameters: { orderId: chosen.redPacket },
    status: 200,
    answer: waiting,
  }),
  http('Bob lists what waits for him', {
    operation: 'GET /api/payments/orders',
    as: 'bob',
    status: 200,
    answer: { orders: [waiting] },
  }),
  http('Bob claims it', {
    operation: 'POST /api/payments/orders/{orderId}/claim',
    as: 'bob',
    parameters: { orderId: chosen.redPacket },
    status: 200,
    answer: claimed,
    pushes: [push('alice', 'payment:updated', claimed), bobHas(3_388), aliceHas(6_612)],
  }),
  http('there is no such red packet for Bob', {
    operation: 'POST /api/payments/orders/{orderId}/claim',
    as: 'bob',
    parameters: { orderId: nobody },
    status: 404,
    answer: refusal('NOT_FOUND', ERRORS.NOT_FOUND.message),
  }),
];

const entry = (entryId: number, rest: Omit<StatementEntry, 'entryId' | 'at'>): StatementEntry => ({
  entryId,
  ...rest,
  at: at(150),
});

const withdrawal = { withdrawalId: chosen.withdrawal, amount: 3_000, currency };
const underWay = { ...withdrawal, fee: 0, state: 'pending', createdAt: at(170) };

const accounts: readonly Step[] = [
  http('Alice looks at her balance', {
    operation: 'GET /api/payments/balance',
    as: 'alice',
    status: 200,
    answer: balance(6_612),
  }),
  http('Alice reads her statement', {
    operation: 'GET /api/payments/statement',
    as: 'alice',
    status: 200,
    answer: {
      entries: [
        entry(5, {
          kind: 'red-packet',
          amount: -888,
          balanceAfter: 6_612,
          reference: chosen.redPacket,
          counterpartId: bob.userId,
        }),
        entry(3, {
          kind: 'transfer',
          amount: -2_500,
          balanceAfter: 7_500,
          reference: chosen.transfer,
          counterpartId: bob.userId,
        }),
        entry(2, { kind: 'top-up', amount: 10_000, balanceAfter: 10_000, reference: chosen.topUp }),
      ],
    },
  }),
  http('Bob takes money out', {
    operation: 'POST /api/payments/withdrawals',
    as: 'bob',
    request: {
      ...withdrawal,
      destination: 'IBAN XX00 1234',
      issuedAt: at(170),
      signature: withdrawalSignature,
    },
    status: 200,
    answer: underWay,
    pushes: [bobHas(388, 3_000)],
  }),
  http('Bob sees that it is under way', {
    operation: 'GET /api/payments/withdrawals/{withdrawalId}',
    as: 'bob',
    parameters: { withdrawalId: chosen.withdrawal },
    status: 200,
    answer: underWay,
  }),
];

/** Alice has money and gives some of it to Bob. */
export const PAYMENT_STORY: readonly Step[] = [...funding, ...orders, ...accounts];
