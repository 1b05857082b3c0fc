import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningServer } from '../../rig/server.js';
import { Canary, startTestServer } from './canary.js';
import { eventually } from '../../rig/people.js';
import { NOTHING, closes, exchange, jsonRequest, openSocket, requestText } from './raw-http.js';
import { expectRefusal, fetchText } from './refusals.js';

const HEADER_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 2_000;
/** Node looks at its connections every 2 s. */
const LATE_MS = 3_000;

describe('what is not proper HTTP', () => {
  let server: RunningServer;
  let canary: Canary;
  const json = 'Content-Type: application/json';
  /** What an attacker hopes that the server takes for a second request. */
  const smuggled = 'GET /api/registration HTTP/1.1\r\nHost: localhost\r\n\r\n';

  beforeAll(async () => {
    server = await startTestServer({
      http: { headerTimeoutMs: HEADER_TIMEOUT_MS, requestTimeoutMs: REQUEST_TIMEOUT_MS },
    });
    canary = await Canary.start(server.url);
  });
  afterAll(async () => {
    canary.stop();
    await server.close();
  });

  it.each<[string, string[], string]>([
    ['Content-Length and Transfer-Encoding', [json, 'Content-Length: 4', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
    ['Transfer-Encoding and Content-Length', [json, 'Transfer-Encoding: chunked', 'Content-Length: 4'], '0\r\n\r\n'],
    ['two different Content-Lengths', [json, 'Content-Length: 2', 'Content-Length: 90'], '{}'],
    ['two equal Content-Lengths', [json, 'Content-Length: 2', 'Content-Length: 2'], '{}'],
    ['a list as Content-Length', [json, 'Content-Length: 2, 2'], '{}'],
    ['a negative Content-Length', [json, 'Content-Length: -1'], '{}'],
    ['a signed Content-Length', [json, 'Content-Length: +2'], '{}'],
    ['a hexadecimal Content-Length', [json, 'Content-Length: 0x2'], '{}'],
    ['a folded header', [json, 'X-Folded: a', ' b', 'Content-Length: 2'], '{}'],
    ['a space before the colon', [json, 'Transfer-Encoding : chunked'], '0\r\n\r\n'],
    ['an unknown transfer coding', [json, 'Transfer-Encoding: xchunked'], '0\r\n\r\n'],
    ['chunked, then identity', [json, 'Transfer-Encoding: chunked, identity'], '0\r\n\r\n'],
    ['a bad chunk size', [json, 'Transfer-Encoding: chunked'], 'zz\r\n{}\r\n0\r\n\r\n'],
    ['a chunk size beyond 64 bits', [json, 'Transfer-Encoding: chunked'], `${'f'.repeat(17)}\r\n`],
    ['a chunk extension of 20 kB', [json, 'Transfer-Encoding: chunked'], `2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`],
    ['a NUL in a header', ['X-Nul: a\0b'], ''],
    ['a bare carriage return in a header', ['X-Cr: a\rb'], ''],
    ['a header without a name', [': a'], ''],
    ['a header without a colon', ['nothing'], ''],
  ])('%s: refused, the connection closed, nothing behind it answered', async (_case, headers, body) => {
    const { responses, closed } = await exchange(
      server.port,
      requestText('POST /api/auth/challenges', headers, body + smuggled),
    );
    expect(responses).toHaveLength(1);
    expectRefusal(responses[0] ?? NOTHING, 'BAD_REQUEST');
    expect(closed).toBe(true);
    await canary.lives();
  });

  it.each([
    ['bare line feeds', 'GET /health/live HTTP/1.1\nHost: localhost\n\n'],
    ['an unknown version', 'GET /health/live HTTP/3.0\r\nHost: localhost\r\n\r\n'],
    ['no host', 'GET /api/me HTTP/1.1\r\n\r\n'],
    ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['noise', '\x00\x01\x02\x03\r\n\r\n'],
  ])('%s: 400 and closed', async (_case, text) => {
    const { responses, closed } = await exchange(server.port, text);
    expect(responses.map(({ status }) => status)).toEqual([400]);
    expect(closed).toBe(true);
    await canary.lives();
  });

  it.each<[string, string, number]>([
    ['a header of 64 kB', requestText('GET /health/live', [`X-Large: ${'a'.repeat(65_536)}`]), 431],
    ['an address of 8 kB', requestText(`GET /${'a'.repeat(8_192)}`), 431],
    [
      '2,000 headers',
      requestText(
        'GET /health/live',
        Array.from({ length: 2_000 }, (_, i) => `X-${i}: a`),
      ),
      431,
    ],
    // Small ones are no harm: what counts is the sum.
    [
      '200 headers',
      requestText(
        'GET /health/live',
        Array.from({ length: 200 }, (_, i) => `X-${i}: a`),
      ),
      200,
    ],
  ])('%s', async (_case, request, status) => {
    const { responses, closed } = await exchange(server.port, request, 500);
    expect(responses.map((response) => response.status)).toEqual([status]);
    expect(closed).toBe(status !== 200);
    await canary.lives();
  });

  it('an upgrade to anything but our socket is let go', async () => {
    const request = requestText('GET /api/me', ['Upgrade: h2c', 'Connection: Upgrade']);
    expect(await exchange(server.port, request, 3_000)).toMatchObject({ responses: [], closed: true });
    await canary.lives();
  });

  it('slow headers: 20 connections are closed in time, others are served meanwhile', async () => {
    const slow = await Promise.all(Array.from({ length: 20 }, () => openSocket(server.port)));
    for (const socket of slow) socket.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
    const dripping = setInterval(() => slow.forEach((socket) => socket.writable && socket.write('a')), 200);
    const allClosed = Promise.all(slow.map((socket) => closes(socket, HEADER_TIMEOUT_MS + LATE_MS)));
    const times: number[] = [];
    for (let i = 0; i < 11; i += 1) {
      const startedAt = Date.now();
      expect((await fetchText(`${server.url}/health/live`)).status).toBe(200);
      times.push(Date.now() - startedAt);
    }
    // The middle one: a single pause of the machine is not the server's.
    expect(times.sort((x, y) => x - y)[5]).toBeLessThan(200);
    await canary.lives();
    expect(await allClosed).toEqual(slow.map(() => true));
    // Ended is not enough: who goes on dripping must be cut off.
    await eventually(() => slow.every((socket) => socket.destroyed), 2_000);
    clearInterval(dripping);
  });

  it('connections that never say anything are closed in time', async () => {
    const silent = await Promise.all(Array.from({ length: 20 }, () => openSocket(server.port)));
    const allClosed = Promise.all(silent.map((socket) => closes(socket, HEADER_TIMEOUT_MS + LATE_MS)));
    await canary.lives();
    expect(await allClosed).toEqual(silent.map(() => true));
  });

  it('a slow body: REQUEST_TIMEOUT, closed', async () => {
    const socket = await openSocket(server.port);
    let received = '';
    socket.on('data', (chunk) => (received += chunk.toString()));
    socket.write(requestText('POST /api/auth/challenges', [json, 'Content-Length: 100'], '{'));
    const dripping = setInterval(() => socket.writable && socket.write(' '), 200);
    const closed = closes(socket, REQUEST_TIMEOUT_MS + LATE_MS);
    await canary.lives();
    expect(await closed).toBe(true);
    clearInterval(dripping);
    expect(received).toMatch(/^HTTP\/1.1 408 /);
    expectRefusal({ status: 408, text: received.slice(received.indexOf('\r\n\r\n') + 4) }, 'REQUEST_TIMEOUT');
  });

  it('a body broken off half-way is nobody’s error', async () => {
    const socket = await openSocket(server.port);
    socket.write(requestText('POST /api/auth/challenges', [json, 'Content-Length: 100'], '{'));
    socket.destroy();
    await canary.lives();
  });

  it('500 pipelined requests are answered in order, without harm to others', async () => {
    const request = jsonRequest('POST /api/auth/sessions', '{}');
    const { responses } = await exchange(server.port, request.repeat(500), 2_000);
    expect(responses).toHaveLength(500);
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([400]));
    await canary.lives();
  });
});

describe('a forged client address', () => {
  it('X-Forwarded-For counts for nothing without a proxy of ours', async () => {
    const server = await startTestServer({ limits: { httpPerAddress: { points: 20, perMs: 60_000 } } });
    const statuses: number[] = [];
    for (let i = 0; i < 30; i += 1) {
      const headers = {
        'x-forwarded-for': `203.0.113.${i}`,
        'x-real-ip': `203.0.113.${i}`,
        forwarded: `for=203.0.113.${i}`,
      };
      const answer = await fetchText(`${server.url}/api/me`, { headers });
      statuses.push(answer.status);
      if (answer.status === 429) expectRefusal(answer, 'RATE_LIMITED');
      if (answer.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 401), ...Array.from({ length: 10 }, () => 429)]);
    expect((await fetchText(`${server.url}/health/live`)).status).toBe(200);
    await server.close();
  });
});
