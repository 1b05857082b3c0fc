import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { RawPerson } from '../../rig/raw-person.js';
import type { RunningServer } from '../../rig/server.js';
import { Canary, startTestServer } from './canary.js';
import { exchange, NOTHING, requestText } from './raw-http.js';
import { RawWebSocket } from './raw-web-socket.js';
import { expectRefusal, fetchText } from './refusals.js';

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
type Forge = (claims: Record<string, unknown>, header: Record<string, unknown>) => Promise<string> | string;

describe('access tokens of every wrong kind', () => {
  let server: RunningServer;
  let canary: Canary;
  let alice: RawPerson;
  let key: KeyObject;
  const other = generateKeyPairSync('ed25519');
  const now = Math.floor(Date.now() / 1_000);

  beforeAll(async () => {
    server = await startTestServer();
    canary = await Canary.start(server.url);
    alice = await RawPerson.register(server.url);
    key = createPrivateKey(server.config.secrets.accessTokenKey);
  });
  afterAll(async () => {
    canary.stop();
    await server.close();
  });

  const sign = (claims: object, header: object, by: KeyObject = key): Promise<string> =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: 'EdDSA', ...header }).sign(by);
  const hmac = (claims: object, secret: string): string => {
    const body = `${encoded({ alg: 'HS256', typ: 'at+jwt' })}.${encoded(claims)}`;
    return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
  };
  const publicPem = (): string => createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  const publicX = (): string => String(createPublicKey(key).export({ format: 'jwk' }).x);

  const kinds: Record<string, Forge> = {
    garbage: () => 'garbage',
    'three dots': () => '...',
    'an expired one': (claims, header) => sign({ ...claims, iat: now - 700, exp: now - 100 }, header),
    'one of another key': (claims, header) => sign(claims, header, other.privateKey),
    'one that brings its own key': (claims, header) =>
      sign(claims, { ...header, jwk: other.publicKey.export({ format: 'jwk' }) }, other.privateKey),
    'one that names its key’s address': (claims, header) =>
      sign(claims, { ...header, jku: `${server.url}/keys`, x5u: 'file:///etc/passwd' }, other.privateKey),
    'a kid of ../../x, by another key': (claims, header) =>
      sign(claims, { ...header, kid: '../../x' }, other.privateKey),
    'alg none': (claims) => `${encoded({ alg: 'none', typ: 'at+jwt' })}.${encoded(claims)}.`,
    'alg None': (claims) => `${encoded({ alg: 'None', typ: 'at+jwt' })}.${encoded(claims)}.`,
    'alg none, with the true signature': (claims) =>
      `${encoded({ alg: 'none', typ: 'at+jwt' })}.${encoded(claims)}.${alice.tokens.accessToken.split('.')[2]}`,
    'HS256 with the public key as PEM': (claims) => hmac(claims, publicPem()),
    'HS256 with the public key’s bytes': (claims) => hmac(claims, publicX()),
    'another audience': (claims, header) => sign({ ...claims, aud: 'elsewhere' }, header),
    'no audience': (claims, header) => sign({ ...claims, aud: undefined }, header),
    'another issuer': (claims, header) => sign({ ...claims, iss: 'http://evil.example' }, header),
    'another type': (claims, header) => sign(claims, { ...header, typ: 'JWT' }),
    'not before tomorrow': (claims, header) => sign({ ...claims, nbf: now + 86_400 }, header),
    'no expiry': (claims, header) => sign({ ...claims, exp: undefined }, header),
    'an unknown critical header': (claims, header) =>
      sign(claims, { ...header, crit: ['x'], x: 1 }).catch(() => 'garbage'),
    'another user’s id': (claims, header) => sign({ ...claims, sub: 'A'.repeat(22) }, header),
    'a session that never was': (claims, header) => sign({ ...claims, sid: 'A'.repeat(22) }, header),
    'SQL for a session': (claims, header) => sign({ ...claims, sid: `' OR 1=1 --` }, header),
    'an object for a session': (claims, header) => sign({ ...claims, sid: { $ne: null } }, header),
    'the refresh token': () => alice.tokens.refreshToken,
    'a signature with a bit changed': () => {
      const token = alice.tokens.accessToken;
      return token.slice(0, -10) + (token.at(-10) === 'A' ? 'B' : 'A') + token.slice(-9);
    },
    'a changed payload': () => {
      const [header, payload = '', signature] = alice.tokens.accessToken.split('.');
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
      return [header, encoded({ ...claims, role: 'admin' }), signature].join('.');
    },
    '2,049 characters': () => 'a'.repeat(2_049),
  };
  const forge = async (kind: string): Promise<string> => {
    const [header = '', payload = ''] = alice.tokens.accessToken.split('.');
    const parse = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
    return (kinds[kind] as Forge)(parse(payload), parse(header));
  };

  it('the true one is made of the parts that the table changes', async () => {
    const [header = '', payload = ''] = alice.tokens.accessToken.split('.');
    const parse = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object;
    const token = await sign(parse(payload), parse(header));
    expect((await fetchText(`${server.url}/api/me`, { token })).status).toBe(200);
  });

  it.each(Object.keys(kinds))('%s over HTTP: the same 401 as none', async (kind) => {
    const none = await fetchText(`${server.url}/api/me`);
    const answer = await fetchText(`${server.url}/api/me`, { token: await forge(kind) });
    expectRefusal(answer, 'UNAUTHENTICATED');
    expect(answer.text).toBe(none.text);
    await canary.lives();
  });

  it.each(Object.keys(kinds))('%s over a socket: refused and closed', async (kind) => {
    const raw = await RawWebSocket.open(server.port);
    raw.say(`40${JSON.stringify({ token: await forge(kind) })}`);
    const refusal = await raw.hears('44');
    expect(JSON.parse(refusal.slice(2))).toMatchObject({
      message: 'UNAUTHENTICATED',
      data: { code: 'UNAUTHENTICATED' },
    });
    await raw.isClosed();
    await canary.lives();
  });

  it.each([
    'Authorization:',
    'Authorization: Bearer',
    'Authorization: Bearer ',
    'Authorization: Basic YTpi',
    'Authorization: bearer x',
    'Authorization: Bearer a b',
    'Authorization: Bearer "x"',
    'Cookie: token=x',
    'Authorization: Bearer x, Bearer y',
  ])('%j', async (header) => {
    const { responses } = await exchange(server.port, requestText('GET /api/me', [header, 'Connection: close']));
    expectRefusal(responses[0] ?? NOTHING, 'UNAUTHENTICATED');
  });

  it('a token in the query or a cookie is no token', async () => {
    const token = alice.tokens.accessToken;
    expectRefusal(await fetchText(`${server.url}/api/me?access_token=${token}&token=${token}`), 'UNAUTHENTICATED');
    const raw = await RawWebSocket.open(server.port, {
      query: `EIO=4&transport=websocket&token=${token}`,
      headers: [`Cookie: token=${token}`, `Authorization: Bearer ${token}`],
    });
    raw.say('40{}');
    expect(await raw.hears('44')).toContain('UNAUTHENTICATED');
    await raw.isClosed();
  });

  it('after logging out neither token works, nor does the socket', async () => {
    const bob = await RawPerson.register(server.url);
    const raw = await RawWebSocket.login(server.port, bob.tokens.accessToken);
    expect((await bob.request('POST', '/api/auth/logout')).status).toBe(204);
    expect(await raw.hears('42["connection:closing"')).toContain('{"code":"SESSION_REVOKED","action":"login"}');
    await raw.isClosed();
    expectRefusal(await fetchText(`${server.url}/api/me`, { token: bob.tokens.accessToken }), 'SESSION_REVOKED');
    const { refreshToken } = bob.tokens;
    expect((await bob.request('POST', '/api/auth/refresh', { refreshToken })).body.error?.code).toBe('SESSION_REVOKED');
    const again = await RawWebSocket.open(server.port);
    again.say(`40${JSON.stringify({ token: bob.tokens.accessToken })}`);
    expect(await again.hears('44')).toContain('SESSION_REVOKED');
    await canary.lives();
  });

  it('a refresh token used twice ends the session, also for whoever has the newer one', async () => {
    const bob = await RawPerson.register(server.url);
    const first = bob.tokens;
    const refresh = (refreshToken: string) =>
      bob.request<RawPerson['tokens']>('POST', '/api/auth/refresh', { refreshToken });
    const second = (await refresh(first.refreshToken)).body;
    const socket = await RawWebSocket.login(server.port, second.accessToken);
    expect((await refresh(first.refreshToken)).body.error?.code).toBe('SESSION_REVOKED');
    expect((await refresh(second.refreshToken)).body.error?.code).toBe('SESSION_REVOKED');
    for (const token of [first.accessToken, second.accessToken]) {
      expectRefusal(await fetchText(`${server.url}/api/me`, { token }), 'SESSION_REVOKED');
    }
    await socket.isClosed();
    await canary.lives();
  });

  it('of 10 parallel uses of one refresh token at most one succeeds', async () => {
    const bob = await RawPerson.register(server.url);
    const { refreshToken } = bob.tokens;
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => bob.request('POST', '/api/auth/refresh', { refreshToken })),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    expect(answers.every(({ status }) => status === 200 || status === 401)).toBe(true);
  });

  it.each(['x', 'a.b', `${'A'.repeat(22)}.${'A'.repeat(43)}`, `' OR 1=1 --`, '.'.repeat(200)])(
    'an invented refresh token %j ends nobody’s session',
    async (refreshToken) => {
      const answer = await alice.request('POST', '/api/auth/refresh', { refreshToken });
      expect([answer.status, answer.body.error?.code]).toEqual([401, 'UNAUTHENTICATED']);
      const own = `${alice.tokens.sessionId}.${'A'.repeat(43)}`;
      expect((await alice.request('POST', '/api/auth/refresh', { refreshToken: own })).status).toBe(401);
      expect((await alice.request('GET', '/api/me')).status).toBe(200);
    },
  );
});
