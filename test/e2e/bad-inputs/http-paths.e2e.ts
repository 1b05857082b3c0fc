import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RawPerson } from '../../rig/raw-person.js';
import type { RunningServer } from '../../rig/server.js';
import { Canary, startTestServer } from './canary.js';
import { NOTHING, exchange, requestText } from './raw-http.js';
import { expectRefusal, fetchText } from './refusals.js';

describe('addresses and methods that should reach nothing', () => {
  let server: RunningServer;
  let canary: Canary;
  let alice: RawPerson;
  const asked = async (start: string, headers: readonly string[] = []) =>
    (await exchange(server.port, requestText(start, [...headers, 'Connection: close']))).responses;

  beforeAll(async () => {
    server = await startTestServer();
    canary = await Canary.start(server.url);
    alice = await RawPerson.register(server.url);
  });
  afterAll(async () => {
    canary.stop();
    await server.close();
  });

  it.each([
    '/api/users/../admin',
    '/api/../api/me',
    '//api//me',
    '/api//me',
    '/api/me/',
    '/api/%6de',
    '/api/me;x=1',
    '/API/ME',
    '/api/me%00',
    '/api/me%2f',
    '/api/me%3f',
    '/api/%',
    '/api/%zz',
    '/api/invitations/%ff',
    '/\\api\\me',
    '/./api/me',
    '/api/me/.',
    '/api/me?x=%',
    '/api/me#x',
    'http://evil.example/api/me',
    '*',
    '/api/friends/../me',
    '/api/admin/registration-invitations',
    `/api/friends/${'a'.repeat(5_000)}/identity-keys`,
    '/api/sessions',
    '/API/sessions',
    '/api/me/settings/',
    '/%61pi/me',
  ])('GET %s without a token', async (path) => {
    const [answer, ...more] = await asked(`GET ${path}`);
    expectRefusal(answer ?? NOTHING, 'NOT_FOUND', 'UNAUTHENTICATED');
    expect(more).toEqual([]);
    await canary.lives();
  });

  it.each([
    'HEAD',
    'OPTIONS',
    'TRACE',
    'PUT',
    'DELETE',
    'PATCH',
    'POST',
    'PROPFIND',
    'QUERY',
    'LINK',
    'FOO',
    'CONNECT',
    'get',
  ])('%s of a GET route without a token', async (method) => {
    const [answer] = await asked(`${method} /api/me`);
    expect([undefined, 400, 401, 404, 405]).toContain(answer?.status);
    expect(answer?.text ?? '').not.toContain('userId');
    expect(answer?.headers['allow']).toBeUndefined();
    await canary.lives();
  });

  it.each([
    'X-HTTP-Method-Override: DELETE',
    'X-Original-URL: /api/me',
    'X-Rewrite-URL: /api/me',
    'X-Forwarded-Host: evil',
  ])('the header %s changes nothing', async (header) => {
    const [answer] = await asked('GET /health/live', [header]);
    expect(answer).toMatchObject({ status: 200, text: '{"status":"ok"}' });
  });

  it.each([
    '/metrics',
    '/health',
    '/health?verbose',
    '/health/',
    '/.git',
    '/.git/config',
    '/.env',
    '/swagger',
    '/api',
    '/graphql',
    '/socket.io/admin',
    '/socket.io/socket.io.js',
    '/debug',
    '/server-status',
    '/dist/src/main.js',
    '/main.js.map',
    '/src/main.ts',
    '/config/embedded.yaml',
    '/data/ashwire.db',
    '/node_modules/ws/package.json',
    '/package.json',
    '/..%2fpackage.json',
    '/docs/../package.json',
    '/docs/..%2f..%2fpackage.json',
  ])('nothing is shown at %s', async (path) => {
    const [answer] = await asked(`GET ${path}`);
    expect([400, 401, 404]).toContain(answer?.status);
    expect(answer?.text).not.toMatch(/"(?:name|dependencies|version)"|better-sqlite3|uptime|heap/);
    await canary.lives();
  });

  it('administration is not there for whoever is no administrator', async () => {
    const token = alice.tokens.accessToken;
    const answer = await fetchText(`${server.url}/api/admin/registration-invitations`, { method: 'POST', token });
    expectRefusal(answer, 'NOT_FOUND');
  });

  it('health tells no more than that it is well', async () => {
    for (const path of ['/health/live', '/health/ready', '/health/ready?verbose=1']) {
      expect((await fetchText(server.url + path)).text).toBe('{"status":"ok"}');
    }
  });

  it.each(['https://evil.example', 'null', 'http://localhost', 'http://localhost:1', 'file://'])(
    'a web page of %s gets no CORS headers',
    async (origin) => {
      for (const method of ['GET', 'OPTIONS']) {
        const headers = [
          'Origin: ' + origin,
          'Access-Control-Request-Method: GET',
          'Access-Control-Request-Headers: authorization',
        ];
        const [answer] = await asked(`${method} /api/registration`, headers);
        expect(Object.keys(answer?.headers ?? {}).filter((name) => name.startsWith('access-control-'))).toEqual([]);
      }
      await canary.lives();
    },
  );
});
