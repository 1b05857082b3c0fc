import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ErrorCode } from '../../../src/protocol/errors.js';
import { LIMITS } from '../../../src/protocol/limits.js';
import { RawPerson } from '../../rig/raw-person.js';
import type { RunningServer } from '../../rig/server.js';
import { Canary, startTestServer } from './canary.js';
import { NOTHING, exchange, jsonRequest, requestText } from './raw-http.js';
import { expectRefusal, fetchText, sendJson } from './refusals.js';

describe('bodies over HTTP that are not what the route takes', () => {
  let server: RunningServer;
  let canary: Canary;
  let alice: RawPerson;
  const json = (method: string, path: string, body: string) =>
    sendJson(server.url + path, method, body, alice.tokens.accessToken);

  beforeAll(async () => {
    server = await startTestServer({ limits: { keyPackageUploadsPerUser: { points: 1_000 } } });
    canary = await Canary.start(server.url);
    alice = await RawPerson.register(server.url);
  });
  afterAll(async () => {
    canary.stop();
    await server.close();
  });

  const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  const challenge = '"purpose":"login"';

  it.each<[string, string, ErrorCode]>([
    ['text', 'hello', 'BAD_JSON'],
    ['truncated', '{"username":"alice","purp', 'BAD_JSON'],
    ['empty', '', 'BAD_JSON'],
    ['two values', '{}{}', 'BAD_JSON'],
    ['a NaN', `{"username":NaN,${challenge}}`, 'BAD_JSON'],
    ['a byte order mark', '\ufeff{}', 'BAD_JSON'],
    ['null', 'null', 'BAD_REQUEST'],
    ['a number', '1', 'BAD_REQUEST'],
    ['an array', '[]', 'BAD_REQUEST'],
    ['a string', '"alice"', 'BAD_REQUEST'],
    ['a missing field', '{"username":"alice"}', 'BAD_REQUEST'],
    ['an extra field', `{"username":"alice",${challenge},"role":"admin"}`, 'BAD_REQUEST'],
    ['an extra field, twice nested', `{"username":"alice",${challenge},"a":{"isAdmin":true}}`, 'BAD_REQUEST'],
    ['__proto__', `{"username":"alice",${challenge},"__proto__":{"admin":true}}`, 'BAD_REQUEST'],
    ['__proto__ alone', '{"__proto__":{"username":"alice","purpose":"login","admin":true}}', 'BAD_REQUEST'],
    [
      'constructor.prototype',
      `{"username":"alice",${challenge},"constructor":{"prototype":{"admin":true}}}`,
      'BAD_REQUEST',
    ],
    ['a number for a string', `{"username":1,${challenge}}`, 'BAD_REQUEST'],
    ['an array for a string', `{"username":["alice"],${challenge}}`, 'BAD_REQUEST'],
    ['an object for a string', `{"username":{"$ne":null},${challenge}}`, 'BAD_REQUEST'],
    ['null for a string', `{"username":null,${challenge}}`, 'BAD_REQUEST'],
    ['an array 20,000 deep', `{"username":${deep(20_000)},${challenge}}`, 'BAD_REQUEST'],
    ['objects 20,000 deep', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`, 'BAD_REQUEST'],
    ['an array 60,000 deep', deep(60_000), 'BAD_REQUEST'],
    ['10,000 extra fields', `{${Array.from({ length: 10_000 }, (_, i) => `"a${i}":1`).join()}}`, 'BAD_REQUEST'],
  ])('%s', async (_case, body, code) => {
    expectRefusal(await sendJson(`${server.url}/api/auth/challenges`, 'POST', body), code);
    await canary.lives();
  });

  it.each([
    ['POST', '/api/registration'],
    ['POST', '/api/auth/challenges'],
    ['PATCH', '/api/me/profile'],
    ['POST', '/api/me/key-packages'],
    ['POST', '/api/friend-requests'],
    ['DELETE', '/api/friends/AAAAAAAAAAAAAAAAAAAAAA'],
  ])('1 MB and 1 byte to %s %s: refused by its length, the connection closed', async (method, path) => {
    const head = jsonRequest(`${method} ${path}`, 'x'.repeat(1024 * 1024 + 1), [
      `Authorization: Bearer ${alice.tokens.accessToken}`,
    ]);
    // A node ends such a connection by a reset, which overtakes its answer where something stands in front.
    const { responses, closed, afterMs } = await exchange(server.nodePort, head);
    expectRefusal(responses[0] ?? NOTHING, 'PAYLOAD_TOO_LARGE');
    expect([closed, afterMs < 1_400]).toEqual([true, true]);
    await canary.lives();
  });

  it('a chunked body is counted while it comes, and not to its end', async () => {
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const request = requestText(
      'POST /api/auth/challenges',
      ['Content-Type: application/json', 'Transfer-Encoding: chunked'],
      chunk.repeat(Math.ceil(LIMITS.bodyBytes / 0x10000) + 1),
    );
    const { responses, closed } = await exchange(server.nodePort, request);
    expectRefusal(responses[0] ?? NOTHING, 'PAYLOAD_TOO_LARGE');
    expect(closed).toBe(true);
  });

  it.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=x'],
    ['application/jsonx'],
    ['text/plain; application/json'],
    ['application/json/../text'],
    [undefined],
  ])('content type %s', async (type) => {
    const body = '{"username":"alice","purpose":"login"}';
    const types = type === undefined ? [] : [`Content-Type: ${type}`];
    const request = requestText('POST /api/auth/challenges', [...types, `Content-Length: ${body.length}`], body);
    expectRefusal((await exchange(server.port, request, 200)).responses[0] ?? NOTHING, 'UNSUPPORTED_MEDIA_TYPE');
    await canary.lives();
  });

  it.each([
    '-1',
    '1.5',
    '1e309',
    '"1e3"',
    '9007199254740993',
    '9223372036854775808',
    '" 5"',
    '"0x10"',
    '"NaN"',
    '3601',
    'null',
    'true',
    '[]',
    '{}',
    '[5]',
  ])('%s for an integer from 0 to 3600', async (value) => {
    const answer = await json('PATCH', '/api/me/settings', `{"burnAfterReadSeconds":${value}}`);
    expectRefusal(answer, 'BAD_REQUEST');
    const { body } = await alice.request<{ burnAfterReadSeconds: number }>('GET', '/api/me/settings');
    expect(body.burnAfterReadSeconds).toBe(30);
    await canary.lives();
  });

  it.each<[string, string, string]>([
    ['PATCH', '/api/me/settings', '{"sharePresence":"true"}'],
    ['PATCH', '/api/me/settings', '{"sharePresence":0}'],
    ['PATCH', '/api/me/profile', '{"avatarColour":"#fff"}'],
    ['PATCH', '/api/me/profile', '{"avatarColour":"toString"}'],
    ['PATCH', '/api/me/profile', '{"username":"root"}'],
    ['PATCH', '/api/me/profile', '{"role":"admin"}'],
    ['PATCH', '/api/me/profile', '{"userId":"AAAAAAAAAAAAAAAAAAAAAA","displayName":"x"}'],
    ['POST', '/api/friend-requests', '{"username":["bob"]}'],
    ['POST', '/api/friend-requests', '{"username":{"uid":{"uid":1}}}'],
    ['POST', '/api/invitations/redeem', '{"code":1}'],
    ['POST', '/api/blocks', '{"userId":{"$gt":""}}'],
    ['POST', '/api/auth/refresh', '{"refreshToken":["x"]}'],
    ['POST', '/api/auth/sessions', '{"challengeId":1,"deviceId":2,"signature":3}'],
    ['POST', '/api/me/key-packages', '{"keyPackages":"x"}'],
    ['POST', '/api/me/key-packages', '{"keyPackages":[1]}'],
    ['POST', '/api/me/key-packages', '{"keyPackages":[["x"]]}'],
    ['POST', '/api/me/key-packages', '{"keyPackages":{"0":"x","length":1}}'],
    ['POST', '/api/me/deletion', '{}'],
    ['PUT', '/api/me/identity-key', '{"device":null}'],
  ])('%s %s %s', async (method, path, body) => {
    expectRefusal(await json(method, path, body), 'BAD_REQUEST');
    const { body: me } = await alice.request<{ role: string; username: string }>('GET', '/api/me');
    expect(me).toMatchObject({ role: 'user', username: alice.username });
    await canary.lives();
  });

  it('arrays in a query are as good as none', async () => {
    const answer = await fetchText(`${server.url}/api/me?uid[]=a&uid[__proto__][admin]=1`, {
      token: alice.tokens.accessToken,
    });
    expect(answer.status).toBe(200);
    await canary.lives();
  });
});
