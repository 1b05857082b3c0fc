import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ErrorCode } from '../../../src/protocol/errors.js';
import { LIMITS } from '../../../src/protocol/limits.js';
import { balanceOf, orderOf, topUp } from '../../rig/order-payer.js';
import { befriend, RawPerson } from '../../rig/raw-person.js';
import type { RunningServer } from '../../rig/server.js';
import { Canary, startTestServer } from './canary.js';
import { expectRefusal, sendJson } from './refusals.js';

const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const bytes = (length: number): string => Buffer.alloc(length).toString('base64url');
const texts = (...strings: readonly string[]): string[] => strings.map((text) => JSON.stringify(text));

/** Of each field of an order what it is not, as JSON. */
const WRONG: Record<string, readonly string[]> = {
  amount: [
    ...['0', '-0', '-1', '0.5', '1.000000000000001', '1e-7', '1e21', '1e309', '1e400', '-1e400', '9007199254740993'],
    ...[String(LIMITS.paymentAmount + 1), '18446744073709551617', 'null', 'true', '[100]', '[]', '{}', deep(20_000)],
    ...['{"amount":100}', '{"$gt":0}', ...texts('1', '1e2', 'NaN', 'Infinity', '', ' 5', '0x10', '100n')],
  ],
  currency: [
    ...texts('cny', 'Cny', 'CN', 'CNYY', '', '🧧', '¥¥¥', 'ＣＮＹ', 'CNY\n', ' CNY', 'CNY\0', 'CNY'.repeat(10_000)),
    ...['156', 'null', '["CNY"]', '{"currency":"CNY"}'],
  ],
  orderId: [
    ...texts('', '1', 'a'.repeat(21), 'a'.repeat(23), `${'a'.repeat(21)}=`, `${'a'.repeat(22)}\n`, 'é'.repeat(22)),
    ...texts('../../../etc/passwd..', "' OR 1=1 --"),
    ...['1', 'null', '["x"]', '{"$ne":null}'],
  ],
  payeeId: [...texts('', 'x', "' OR 1=1 --", '*'), 'null', '0', '[]', '{"$ne":null}'],
  payeeKey: [...texts('', bytes(31), bytes(33), '='.repeat(43)), 'null', '1', '[]'],
  kind: [
    ...texts('gift', 'Transfer', 'redpacket', 'refund', 'top-up', '', '__proto__', 'constructor'),
    ...['null', '0', '["transfer"]'],
  ],
  issuedAt: [
    ...['-1', '1.5', '1e21', '9007199254740993', 'null', '[]', '{}', 'true'],
    ...texts('1', '2026-01-01T00:00:00Z'),
  ],
  newKeyConfirmed: ['1', '0', 'null', '[]', ...texts('true', 'confirmed')],
  signature: [...texts('', bytes(63), bytes(65), '='.repeat(86)), 'null', '0', '[]', '{"type":"Buffer","data":[]}'],
};
const rows = Object.entries(WRONG).flatMap(([field, values]) =>
  values.map((value) => ({ field, value, shown: value.slice(0, 30) })),
);

describe('orders of money that are none', () => {
  let server: RunningServer;
  let canary: Canary;
  let alice: RawPerson;
  let bob: RawPerson;

  beforeAll(async () => {
    server = await startTestServer({ limits: { paymentOrdersPerUser: { points: 10_000 } } });
    canary = await Canary.start(server.url);
    [alice, bob] = [await RawPerson.register(server.url), await RawPerson.register(server.url)];
    await befriend(alice, bob);
    await topUp(alice, 1_000);
  });
  afterAll(async () => {
    canary.stop();
    await server.close();
  });

  const post = (body: string) => sendJson(`${server.url}/api/payments/orders`, 'POST', body, alice.tokens.accessToken);
  /** Others go on, and every balance is as it was. */
  async function nothingMoved(): Promise<void> {
    expect([await balanceOf(alice), await balanceOf(bob)]).toEqual([
      [1_000, 0],
      [0, 0],
    ]);
    await canary.lives();
  }
  async function expectProblem(body: string, field: string): Promise<void> {
    const answer = await post(body);
    expectRefusal(answer, 'BAD_REQUEST');
    expect(JSON.parse(answer.text)).toMatchObject({ error: { details: { problems: [{ field }] } } });
    await nothingMoved();
  }

  it.each(rows)('an order with the $field $shown: BAD_REQUEST that names the field', async ({ field, value }) => {
    const fields = Object.entries(await orderOf(alice, bob)).map(([name, right]) => {
      return `"${name}":${name === field ? value : JSON.stringify(right)}`;
    });
    await expectProblem(`{${fields.join()}}`, field);
  });

  it.each(Object.keys(WRONG))('an order without its %s: BAD_REQUEST that names the field', async (field) => {
    await expectProblem(JSON.stringify({ ...(await orderOf(alice, bob)), [field]: undefined }), field);
  });

  it.each(['payerId', 'payerKey', 'server', 'state', 'createdAt', 'expiresAt', 'role', '__proto__', 'constructor'])(
    'an order that brings its own %s: BAD_REQUEST that names the field',
    async (field) => {
      const order = JSON.stringify(await orderOf(alice, bob));
      await expectProblem(order.replace('{', `{"${field}":{"prototype":{"admin":true}},`), field);
    },
  );

  it.each<[string, (order: string) => string, ErrorCode]>([
    ['in __proto__', (order) => `{"__proto__":${order}}`, 'BAD_REQUEST'],
    ['in a list', (order) => `[${order}]`, 'BAD_REQUEST'],
    ['as text', (order) => JSON.stringify(order), 'BAD_REQUEST'],
    ['20,000 deep', (order) => `${'{"a":'.repeat(20_000)}${order}${'}'.repeat(20_000)}`, 'BAD_REQUEST'],
    ['with 127 kB more', (order) => order.replace('{', `{"note":"${'x'.repeat(127 * 1024)}",`), 'BAD_REQUEST'],
    ['of more than 128 kB', (order) => order + ' '.repeat(LIMITS.bodyBytes), 'PAYLOAD_TOO_LARGE'],
    ['cut off', (order) => order.slice(0, -1), 'BAD_JSON'],
    ['and one more', (order) => `${order}${order}`, 'BAD_JSON'],
    ['of NaN', (order) => order.replace('"amount":100', '"amount":NaN'), 'BAD_JSON'],
    ['of -Infinity', (order) => order.replace('"amount":100', '"amount":-Infinity'), 'BAD_JSON'],
    ['in hexadecimal', (order) => order.replace('"amount":100', '"amount":0x64'), 'BAD_JSON'],
    ['with a plus', (order) => order.replace('"amount":100', '"amount":+100'), 'BAD_JSON'],
  ])('an order %s: refused', async (_case, spoil, code) => {
    expectRefusal(await post(spoil(JSON.stringify(await orderOf(alice, bob)))), code);
    await nothingMoved();
  });
});
