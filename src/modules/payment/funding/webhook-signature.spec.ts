import { describe, expect, it } from '@jest/globals';
import { verifiedWebhookId, webhookHeaders } from './webhook-signature.js';

/** The vector that the libraries of the specification are tested with. */
const KEY = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const NOW = 1_614_265_330_000;
const BODY = Buffer.from('{"test": 2432232314}');
const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';

const HEADERS = { 'webhook-id': ID, 'webhook-timestamp': '1614265330', 'webhook-signature': SIGNATURE };
const verify = (headers: Record<string, string | string[]> = {}, body: Uint8Array = BODY, now = NOW, key = KEY) =>
  verifiedWebhookId(key, { headers: { ...HEADERS, ...headers }, body }, now);

describe('webhook signatures', () => {
  it('are those of the specification', () => {
    expect(webhookHeaders(KEY, ID, NOW + 999, BODY)).toEqual(HEADERS);
    expect(verify()).toBe(ID);
  });

  it('are found among those of other keys and versions', () => {
    const others = `v1,${'A'.repeat(43)}= v1a,${SIGNATURE.slice(3)}`;
    expect(verify({ 'webhook-signature': `${others} ${SIGNATURE}` })).toBe(ID);
    expect(verify({ 'webhook-signature': others })).toBeUndefined();
    expect(verify({ 'webhook-signature': `${'v1,x '.repeat(10)}${SIGNATURE}` })).toBeUndefined();
  });

  it('hold for 5 minutes, before and after', () => {
    expect(verify({}, BODY, NOW + 300_000)).toBe(ID);
    expect(verify({}, BODY, NOW - 300_000)).toBe(ID);
    expect(verify({}, BODY, NOW + 300_001)).toBeUndefined();
    expect(verify({}, BODY, NOW - 300_001)).toBeUndefined();
  });

  it('hold for every byte of the body', () => {
    expect(verify({}, Buffer.from('{"test":2432232314}'))).toBeUndefined();
    expect(verify({}, Buffer.concat([BODY, Buffer.from('\n')]))).toBeUndefined();
    expect(verify({}, Buffer.alloc(0))).toBeUndefined();
  });

  it.each<[string, Record<string, string | string[]>]>([
    ['another id', { 'webhook-id': 'msg_other' }],
    ['another time', { 'webhook-timestamp': '1614265331' }],
    ['a time that is not one', { 'webhook-timestamp': '1614265330.' }],
    ['no signature', { 'webhook-signature': '' }],
    ['a signature cut short', { 'webhook-signature': SIGNATURE.slice(0, -8) }],
    ['a signature without its version', { 'webhook-signature': SIGNATURE.slice(3) }],
    ['two ids', { 'webhook-id': [ID, ID] }],
  ])('do not verify with %s', (_case, headers) => {
    expect(verify(headers)).toBeUndefined();
  });

  it('do not verify with another key, nor ids that could be read as another id and time', () => {
    expect(verify({}, BODY, NOW, Buffer.alloc(32).toString('base64'))).toBeUndefined();
    for (const id of ['a.b', '', 'a b', 'x'.repeat(256)]) {
      expect(verify(webhookHeaders(KEY, id, NOW, BODY))).toBeUndefined();
    }
  });
});
