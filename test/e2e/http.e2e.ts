import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { io } from 'socket.io-client';
import request from 'supertest';
import { type RunningServer, startServer } from '../rig/server.js';

describe('HTTP', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());

  it('says that it lives and that it is ready', async () => {
    for (const path of ['/health/live', '/health/ready']) {
      await request(server.url).get(path).expect(200, { status: 'ok' });
    }
  });

  it('answers every refusal in one shape, with a sentence that says what to do', async () => {
    const answer = await request(server.url).get('/api/me').expect(401);
    expect(answer.body).toEqual({
      error: { code: 'UNAUTHENTICATED', message: expect.stringMatching(/^Log in again/), details: {} },
    });
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("script-src 'self'"),
    });
  });

  it('lets no web page in that only its Host header vouches for (DNS rebinding)', async () => {
    const headers = { host: `evil.test:${server.port}`, origin: `http://evil.test:${server.port}` };
    const socket = io(server.url, { transports: ['websocket'], extraHeaders: headers, reconnection: false });
    const refused = await new Promise<Error>((resolve) => socket.once('connect_error', resolve));
    expect(refused.message).toBe('websocket error');
    socket.disconnect();
  });

  it('stops though a client does not read its answer', async () => {
    const stopping = await startServer();
    const unread = await fetch(`${stopping.url}/docs/swagger-ui-bundle.js`);
    expect(unread.status).toBe(200);
    // Without an end to its patience the server waits for the reader; the time limit of this test is the check.
    await stopping.close();
    await unread.body?.cancel();
  }, 10_000);

  it('says when to come back after too many requests, and how long that is', async () => {
    const strict = await startServer({ limits: { httpPerAddress: { points: 2, perMs: 60_000 } } });
    try {
      const agent = request(strict.url);
      await agent.get('/api/registration').expect(200);
      await agent.get('/api/registration').expect(200);
      const answer = await agent.get('/api/registration').expect(429);
      expect(answer.body).toMatchObject({
        error: { code: 'RATE_LIMITED', details: { retryAfterMs: expect.any(Number) } },
      });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      await agent.get('/health/ready').expect(200);
    } finally {
      await strict.close();
    }
  });
});
