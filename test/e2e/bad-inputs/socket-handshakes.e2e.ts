import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LIMITS } from '../../../src/protocol/limits.js';
import { RawPerson } from '../../rig/raw-person.js';
import type { RunningServer } from '../../rig/server.js';
import { Canary, startTestServer } from './canary.js';
import { eventually } from '../../rig/people.js';
import { exchange, requestText } from './raw-http.js';
import { RawWebSocket } from './raw-web-socket.js';

const UNAUTHENTICATED_AT_MOST = 8;

describe('handshakes of sockets', () => {
  let server: RunningServer;
  let canary: Canary;
  let alice: RawPerson;

  beforeAll(async () => {
    server = await startTestServer({ limits: { unauthenticatedSockets: UNAUTHENTICATED_AT_MOST } });
    canary = await Canary.start(server.url);
    alice = await RawPerson.register(server.url);
  });
  afterAll(async () => {
    canary.stop();
    await server.close();
  });

  it.each([
    'https://evil.example',
    'null',
    'http://localhost',
    'http://localhost:1',
    'https://localhost:PORT',
    'http://localhost:PORT.evil.example',
    'file://',
    '',
  ])('a web page of %j does not get one', async (origin) => {
    const raw = await RawWebSocket.open(server.port, { origin: origin.replace('PORT', String(server.port)) });
    expect(raw.status).toBe(400);
    await raw.isClosed();
    // The end alone is not enough: the connection is cut, whatever the client goes on sending.
    await eventually(() => raw.socket.destroyed || !raw.socket.write('x'), 1_000);
    await canary.lives();
  });

  it('our own page gets one', async () => {
    const raw = await RawWebSocket.open(server.port, { origin: `http://localhost:${server.port}` });
    expect(raw.status).toBe(101);
    raw.destroy();
  });

  it.each([
    ['polling', 'EIO=4&transport=polling'],
    ['an unknown transport', 'EIO=4&transport=__proto__'],
    ['nothing', ''],
    ['the session of nobody', 'EIO=4&transport=websocket&sid=AAAAAAAAAAAAAAAAAAAA'],
    ['a session named __proto__', 'EIO=4&transport=websocket&sid=__proto__'],
    ['lists', 'EIO=4&transport[]=websocket&sid[]=1'],
  ])('%s: refused', async (_case, query) => {
    const raw = await RawWebSocket.open(server.port, { query });
    expect(raw.status).not.toBe(101);
    raw.destroy();
    const { responses } = await exchange(server.port, requestText(`GET /socket.io/?${query}`, ['Connection: close']));
    expect(responses[0]?.status).toBe(400);
    await canary.lives();
  });

  it.each(['EIO=3&transport=websocket', 'transport=websocket', 'EIO[]=4&transport=websocket'])(
    'another protocol version (%s): closed at once',
    async (query) => {
      const raw = await RawWebSocket.open(server.port, { query });
      await raw.isClosed();
      expect(raw.texts).toEqual([]);
      await canary.lives();
    },
  );

  it.each([
    ['no payload', '40'],
    ['an empty payload', '40{}'],
    ['a number', '40{"token":1}'],
    ['an object', '40{"token":{"toString":"x"}}'],
    ['an extra field', '40{"token":"x","admin":true}'],
    ['__proto__', '40{"__proto__":{"token":"x"}}'],
    ['2,049 characters', `40{"token":"${'a'.repeat(2_049)}"}`],
  ])('a login with %s: UNAUTHENTICATED, closed', async (_case, packet) => {
    const raw = await RawWebSocket.open(server.port);
    raw.say(packet);
    expect(await raw.hears('44')).toMatch(/^44\{"message":"UNAUTHENTICATED","data":\{"code":"UNAUTHENTICATED"/);
    await raw.isClosed();
    await canary.lives();
  });

  it.each([
    ['an event before the login', '420["message:sync",{}]'],
    ['another namespace', '40/admin,{"token":"x"}'],
    ['a login that is no object', '40[1]'],
    ['a login error', '44{}'],
    ['an unknown packet', '49'],
    ['no socket.io packet at all', 'hello'],
  ])('%s: closed or refused, never served', async (_case, packet) => {
    const raw = await RawWebSocket.open(server.port);
    raw.say(packet);
    await eventually(() => raw.closed || raw.heard('44/admin,{"message":"Invalid namespace"') !== undefined, 3_000);
    expect(raw.heard('43') ?? raw.heard('42')).toBeUndefined();
    raw.destroy();
    await canary.lives();
  });

  it('a second login on the same connection closes it, before and after the first was answered', async () => {
    const login = `40${JSON.stringify({ token: alice.tokens.accessToken })}`;
    const hasty = await RawWebSocket.open(server.port);
    for (let i = 0; i < 50; i += 1) hasty.say(login);
    await hasty.isClosed();
    const later = await RawWebSocket.login(server.port, alice.tokens.accessToken);
    later.say('40/other,{}');
    await later.isClosed();
    await canary.lives();
  });

  it('who leaves the namespace leaves the connection', async () => {
    const raw = await RawWebSocket.login(server.port, alice.tokens.accessToken);
    raw.say('41');
    await raw.isClosed();
  });

  it('handshakes that never finish are counted, closed after 5 s, and counted no more', async () => {
    const silent = await Promise.all(
      Array.from({ length: UNAUTHENTICATED_AT_MOST }, () => RawWebSocket.open(server.nodePort)),
    );
    expect(silent.map(({ status }) => status)).toEqual(silent.map(() => 101));
    const refused = await RawWebSocket.open(server.nodePort);
    expect(refused.status).toBe(400);
    await canary.lives();
    await eventually(() => silent.every(({ closed }) => closed), 7_000);
    const raw = await RawWebSocket.login(server.nodePort, alice.tokens.accessToken);
    raw.destroy();
  });

  it('a refused login gives its place back at once', async () => {
    for (let i = 0; i < 3 * UNAUTHENTICATED_AT_MOST; i += 1) {
      const raw = await RawWebSocket.open(server.nodePort);
      expect(raw.status).toBe(101);
      raw.say('40{"token":"garbage"}');
      await raw.isClosed();
    }
    await canary.lives();
  });

  it(`of more than ${LIMITS.socketsPerUser} connections of a user the oldest goes, and is told why`, async () => {
    const { accessToken } = alice.tokens;
    const [first, second, third] = [
      await RawWebSocket.login(server.nodePort, accessToken),
      await RawWebSocket.login(server.nodePort, accessToken),
      await RawWebSocket.login(server.nodePort, accessToken),
    ];
    const fourth = await RawWebSocket.login(server.nodePort, accessToken);
    expect(await first.hears('42["connection:closing"')).toContain('"TOO_MANY_CONNECTIONS"');
    await first.isClosed();
    for (const raw of [second, third, fourth]) {
      expect(await raw.ask('presence:list')).toMatchObject({ ok: true });
      raw.destroy();
    }
    await canary.lives();
  });
});

describe('many connections from one address', () => {
  it('are refused beyond the limit and let in again when some have gone', async () => {
    const server = await startTestServer({ limits: { socketsPerAddress: 4 } });
    const open = await Promise.all(Array.from({ length: 4 }, () => RawWebSocket.open(server.nodePort)));
    const beyond = await RawWebSocket.open(server.nodePort, { headers: ['X-Forwarded-For: 203.0.113.9'] });
    expect(beyond.status).toBe(400);
    open[0]?.destroy();
    await eventually(async () => (await RawWebSocket.open(server.nodePort)).status === 101, 3_000);
    await server.close();
  });
});
