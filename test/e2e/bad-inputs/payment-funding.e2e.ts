import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { encodeBase64Url } from '../../../sdk/crypto/base64url.js';
import type { ErrorCode } from '../../../src/protocol/errors.js';
import { LIMITS } from '../../../src/protocol/limits.js';
import {
  paymentOrderBytes,
  SIGNATURE_DOMAINS,
  type SignatureDomain,
  signedBytes,
  withdrawalBytes,
} from '../../../src/protocol/signing.js';
import { RandomIds } from '../../../src/shared/ids.js';
import { Payer, startPayingServer } from '../../rig/payer.js';
import type { RunningServer } from '../../rig/server.js';
import { StandInProvider } from '../../rig/stand-in-provider.js';
import { Canary } from './canary.js';
import { expectRefusal, fetchText, sendJson } from './refusals.js';

const ids = new RandomIds();
const bytes = (length: number): string => Buffer.alloc(length).toString('base64url');
const texts = (...strings: readonly string[]): string[] => strings.map((text) => JSON.stringify(text));
const AMOUNTS = [
  '0',
  '-1',
  '0.5',
  '1e-7',
  '1e21',
  '1e400',
  '9007199254740993',
  'null',
  '[500]',
  '{}',
  ...texts('1', 'NaN'),
];
const CURRENCIES = ['156', 'null', '["CNY"]', ...texts('cny', 'CNYY', '', '🧧', '¥¥¥')];
const IDS = [
  '1',
  'null',
  '["x"]',
  '{"$ne":null}',
  ...texts('', 'a'.repeat(21), 'a'.repeat(23), '../../../etc/passwd..'),
];
const TOP_UPS = { topUpId: IDS, amount: [...AMOUNTS, String(LIMITS.paymentAmount + 1)], currency: CURRENCIES };
const WITHDRAWALS = {
  withdrawalId: IDS,
  amount: [...AMOUNTS, String(LIMITS.paymentAmount + 1)],
  currency: CURRENCIES,
  destination: [
    ...texts(
      '',
      'x'.repeat(201),
      '🧧'.repeat(201),
      'a\0',
      'a\nb',
      'a\tb',
      'a\u007f',
      'a\u0085',
      '\ud83d',
      '\udd1e\ud83d',
    ),
    ...['1', 'null', '["account"]', '{"to":"account"}'],
  ],
  issuedAt: ['-1', '1.5', '1e21', 'null', '[]', ...texts('1', '')],
  signature: ['null', '0', '[]', ...texts('', bytes(63), bytes(65))],
};
const rowsOf = (wrong: Record<string, readonly string[]>) =>
  Object.entries(wrong).flatMap(([field, values]) =>
    values.map((value) => ({ field, value, shown: value.slice(0, 30) })),
  );

describe('top-ups, withdrawals and callbacks that must not be', () => {
  let provider: StandInProvider;
  let server: RunningServer;
  let canary: Canary;
  let alice: Payer;
  let topUpId: string;

  beforeAll(async () => {
    provider = await StandInProvider.start();
    server = await startPayingServer(provider, {
      limits: {
        paymentOrdersPerUser: { points: 10_000 },
        messagesPerConversation: { burst: 100_000 },
        eventsPerSocket: { burst: 10_000 },
      },
    });
    canary = await Canary.start(server.url);
    alice = await Payer.register(server.url, provider);
    await alice.receive(1_000);
    topUpId = await alice.beginTopUp();
  });
  afterAll(async () => {
    canary.stop();
    await server.close();
    await provider.close();
  });

  const post = (path: string, body: string) =>
    sendJson(`${server.url}/api/payments/${path}`, 'POST', body, alice.person.tokens.accessToken);
  /** Others go on, the balance is as it was, and the provider has heard of nothing. */
  async function nothingMoved(): Promise<void> {
    expect(await alice.balance()).toEqual([1_000, 0]);
    expect((await alice.findTopUp(topUpId)).body.state).toBe('pending');
    expect(provider.requests).toHaveLength(2);
    await canary.lives();
  }
  async function expectProblem(path: string, body: object, field: string, value: string): Promise<void> {
    const fields = Object.entries({ ...body, [field]: null }).map(([name, right]) => {
      return `"${name}":${name === field ? value : JSON.stringify(right)}`;
    });
    const answer = await post(path, `{${fields.join()}}`);
    expectRefusal(answer, 'BAD_REQUEST');
    expect(JSON.parse(answer.text)).toMatchObject({ error: { details: { problems: [{ field }] } } });
    await nothingMoved();
  }

  it.each([...rowsOf(TOP_UPS), { field: 'state', value: '"posted"', shown: 'posted' }])(
    'a top-up with the $field $shown: BAD_REQUEST that names the field',
    ({ field, value }) => expectProblem('top-ups', { topUpId: ids.next(), amount: 1, currency: 'CNY' }, field, value),
  );

  it.each([...rowsOf(WITHDRAWALS), { field: 'fee', value: '0', shown: '0' }])(
    'a withdrawal with the $field $shown: BAD_REQUEST that names the field',
    async ({ field, value }) => expectProblem('withdrawals', await alice.signedWithdrawal(), field, value),
  );

  it.each<[string, (body: string) => string, ErrorCode]>([
    ['__proto__ in it', (body) => body.replace('{', '{"__proto__":{"admin":true},'), 'BAD_REQUEST'],
    ['everything in __proto__', (body) => `{"__proto__":${body}}`, 'BAD_REQUEST'],
    ['a list around it', (body) => `[${body}]`, 'BAD_REQUEST'],
    ['20,000 objects around it', (body) => `${'{"a":'.repeat(20_000)}${body}${'}'.repeat(20_000)}`, 'BAD_REQUEST'],
    ['127 kB in it', (body) => body.replace('{', `{"note":"${'x'.repeat(127 * 1024)}",`), 'BAD_REQUEST'],
    ['128 kB behind it', (body) => body + ' '.repeat(LIMITS.bodyBytes), 'PAYLOAD_TOO_LARGE'],
    ['its end missing', (body) => body.slice(0, -1), 'BAD_JSON'],
  ])('a top-up and a withdrawal with %s: refused', async (_case, spoil, code) => {
    const topUp = { topUpId: ids.next(), amount: 1, currency: 'CNY' };
    expectRefusal(await post('top-ups', spoil(JSON.stringify(topUp))), code);
    expectRefusal(await post('withdrawals', spoil(JSON.stringify(await alice.signedWithdrawal()))), code);
    await nothingMoved();
  });

  it('a withdrawal signed by another key, for another purpose, over joined fields: BAD_SIGNATURE', async () => {
    const { identity, leaf, tokens } = alice.person;
    const [withdrawalId, destination, issuedAt] = [ids.next(), 'account 1', Date.now()];
    const fields = { withdrawalId, amount: 300, currency: 'CNY', destination, issuedAt };
    const withdrawal = { ...fields, server: server.url, userId: tokens.userId };
    const order = { ...withdrawal, orderId: withdrawalId, payerId: tokens.userId, payeeId: destination };
    const rest = { kind: 'transfer' as const, payeeKey: '', newKeyConfirmed: false };
    const values = [tokens.userId, 300, 'CNY', destination, issuedAt];
    const inDomain = (domain: SignatureDomain) => signedBytes(domain, server.url, withdrawalId, ...values);
    const { withdrawal: right, paymentOrder, login } = SIGNATURE_DOMAINS;
    expect(inDomain(right)).toEqual(withdrawalBytes(withdrawal));
    const signatures = [
      new Uint8Array(64),
      await leaf.sign(withdrawalBytes(withdrawal)),
      await identity.sign(paymentOrderBytes({ ...order, ...rest })),
      await identity.sign(inDomain(paymentOrder)),
      await identity.sign(inDomain(login)),
      await identity.sign(signedBytes(right, `${server.url}${withdrawalId}`, '', ...values)),
    ];
    for (const signature of signatures) {
      const body = JSON.stringify({ ...fields, signature: encodeBase64Url(signature) });
      expectRefusal(await post('withdrawals', body), 'BAD_SIGNATURE');
    }
    await nothingMoved();
  });

  describe('a callback', () => {
    const report = (): string =>
      JSON.stringify({ type: 'top-up.succeeded', reference: topUpId, amount: 500, currency: 'CNY' });
    const send = (body: string | undefined, headers: Record<string, string> = {}, type = 'application/json') =>
      fetchText(`${server.url}/api/payments/callbacks`, {
        method: 'POST',
        ...(body !== undefined && { body }),
        headers: { ...(type && { 'content-type': type }), ...headers },
      });

    it.each<[string, (good: Record<string, string>) => Record<string, string>]>([
      ['of none', () => ({})],
      ['without an id', ({ 'webhook-id': _, ...rest }) => rest],
      ['without a time', ({ 'webhook-timestamp': _, ...rest }) => rest],
      ['without a signature', ({ 'webhook-signature': _, ...rest }) => rest],
      ['with an empty id', (good) => ({ ...good, 'webhook-id': '' })],
      ['with an id of 300 characters', (good) => ({ ...good, 'webhook-id': 'a'.repeat(300) })],
      ['with dots in the id', (good) => ({ ...good, 'webhook-id': `${good['webhook-id']}.1` })],
      ['with zeros for a signature', (good) => ({ ...good, 'webhook-signature': `v1,${'A'.repeat(43)}=` })],
      ['with an empty signature', (good) => ({ ...good, 'webhook-signature': 'v1,' })],
      [
        'with a signature of another version',
        (good) => ({ ...good, 'webhook-signature': `v2${good['webhook-signature']?.slice(2)}` }),
      ],
      [
        'with the right signature behind 100 others',
        (good) => ({ ...good, 'webhook-signature': `${'v1,AAAA '.repeat(100)}${good['webhook-signature']}` }),
      ],
      ['with a user’s token', () => ({ authorization: `Bearer ${alice.person.tokens.accessToken}` })],
    ])('%s in its headers: CALLBACK_INVALID', async (_case, spoil) => {
      const body = report();
      expectRefusal(await send(body, spoil({ ...provider.sign(body) })), 'CALLBACK_INVALID');
      await nothingMoved();
    });

    it.each(['', 'NaN', 'now', '-1', '1.5', '1e10', '0x5', '0', '9'.repeat(12), '9'.repeat(300)])(
      'well signed for the time %j: CALLBACK_INVALID',
      async (time) => {
        const body = report();
        const hmac = createHmac('sha256', Buffer.from(provider.key, 'base64')).update(`id.${time}.${body}`);
        const signature = `v1,${hmac.digest('base64')}`;
        const headers = { 'webhook-id': 'id', 'webhook-timestamp': time, 'webhook-signature': signature };
        expectRefusal(await send(body, headers), 'CALLBACK_INVALID');
        await nothingMoved();
      },
    );

    it.each<[string, (body: string) => string, ErrorCode]>([
      ['cut off', (body) => body.slice(0, -1), 'BAD_JSON'],
      ['empty', () => '', 'BAD_JSON'],
      ['of NaN', (body) => body.replace('500', 'NaN'), 'BAD_JSON'],
      ['in a list', (body) => `[${body}]`, 'BAD_REQUEST'],
      ['in __proto__', (body) => `{"__proto__":${body}}`, 'BAD_REQUEST'],
      ['20,000 deep', () => '['.repeat(20_000) + ']'.repeat(20_000), 'BAD_REQUEST'],
      ['with a negative amount', (body) => body.replace('500', '-500'), 'BAD_REQUEST'],
      ['with an amount of 1e400', (body) => body.replace('500', '1e400'), 'BAD_REQUEST'],
      ['with the amount as text', (body) => body.replace('500', '"500"'), 'BAD_REQUEST'],
      ['over 128 kB', (body) => body + ' '.repeat(LIMITS.bodyBytes), 'PAYLOAD_TOO_LARGE'],
    ])('well signed and %s: refused', async (_case, spoil, code) => {
      const body = spoil(report());
      expectRefusal(await send(body, { ...provider.sign(body) }), code);
      await nothingMoved();
    });

    it('of another content type, or without a body: refused before anything is looked at', async () => {
      const body = report();
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml']) {
        expectRefusal(await send(body, { ...provider.sign(body) }, type), 'UNSUPPORTED_MEDIA_TYPE');
      }
      expectRefusal(await send(undefined, { ...provider.sign('') }, ''), 'BAD_JSON');
      await nothingMoved();
    });
  });

  it('a destination of 200 characters of any script is one', async () => {
    const withdrawal = await alice.signedWithdrawal({ destination: '🧧'.repeat(200) });
    expect((await alice.withdraw(withdrawal)).body).toMatchObject({ state: 'pending' });
    expect(provider.requests.at(-1)).toMatchObject({ destination: '🧧'.repeat(200) });
    await canary.lives();
  });
});
