import { describe, expect, it } from '@jest/globals';
import { HttpTransport } from './http-transport.js';
import { aCount, fields } from './shape.js';

const answering = (response: () => Response, seen: RequestInit[] = []): HttpTransport =>
  new HttpTransport('https://chat.example/', (_, options) => {
    seen.push(options ?? {});
    return Promise.resolve(response());
  });
const get = { method: 'GET', path: '/me' } as const;

describe('HttpTransport', () => {
  it('sends no cookies and follows no redirect', async () => {
    const seen: RequestInit[] = [];
    await answering(() => new Response('{}'), seen).request({ ...get, accessToken: 't' });
    expect(seen[0]).toMatchObject({ credentials: 'omit', redirect: 'error', cache: 'no-store' });
  });

  it('hands on the refusal of the server', async () => {
    const body = JSON.stringify({
      error: { code: 'RATE_LIMITED', message: 'slow down', details: { retryAfterMs: 70 } },
    });
    const refusal = answering(() => new Response(body, { status: 429 })).request(get);
    await expect(refusal).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 70, retryable: true });
  });

  it.each([
    ['a page of a proxy', new Response('<html>', { status: 502 }), 'UNAVAILABLE'],
    ['an unknown code', new Response('{"error":{"code":"__proto__"}}', { status: 400 }), 'BAD_ANSWER'],
    ['no error', new Response('7', { status: 400 }), 'BAD_ANSWER'],
    ['another shape', new Response('{"n":"1"}'), 'BAD_ANSWER'],
    ['no JSON', new Response('x'), 'BAD_ANSWER'],
    ['more than a megabyte', new Response('x'.repeat(1_000_001)), 'ANSWER_TOO_LARGE'],
  ])('refuses %s', async (_, response, code) => {
    const answer = answering(() => response).request({ ...get, shape: fields({ n: aCount }) });
    await expect(answer).rejects.toMatchObject({ code });
  });

  it('calls a network that is not there OFFLINE', async () => {
    const http = new HttpTransport('http://localhost:1', () => Promise.reject(new TypeError('fetch failed')));
    await expect(http.request(get)).rejects.toMatchObject({ code: 'OFFLINE', retryable: true });
    expect(() => new HttpTransport('ftp://x')).toThrow(expect.objectContaining({ code: 'BAD_ANSWER' }));
  });
});
