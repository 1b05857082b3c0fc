import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ManualClock } from '../../../shared/clock.js';
import { DomainError } from '../../../shared/domain-error.js';
import { RandomIds } from '../../../shared/ids.js';
import { verifiedWebhookId, webhookHeaders } from '../funding/webhook-signature.js';
import { describePaymentProviderContract } from '../ports/payment-provider.contract.js';
import { WebhookPaymentProvider } from './webhook-payment-provider.js';

const KEY = Buffer.alloc(32, 7).toString('base64');
const CALLBACK_URL = 'https://chat.example/api/payments/callbacks';
const clock = new ManualClock();
const ids = new RandomIds();

async function listen(answer: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/pay` };
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

const at = (url: string, timeoutMs = 10_000) =>
  new WebhookPaymentProvider({ url, key: KEY, callbackUrl: CALLBACK_URL, timeoutMs }, clock);

describePaymentProviderContract(async () => {
  const { server, url } = await listen((_request, response) => response.end('{"payAt":"https://pay.example/1"}'));
  return { provider: at(url), close: () => stop(server) };
});

describe('WebhookPaymentProvider', () => {
  let server: Server;
  let url: string;
  let answer: RequestListener;
  const topUp = () => ({ topUpId: ids.next(), amount: 500, currency: 'CNY' });
  const withdrawal = () => ({ withdrawalId: ids.next(), amount: 500, currency: 'CNY', destination: 'account 1' });

  beforeEach(async () => {
    ({ server, url } = await listen((request, response) => answer(request, response)));
  });
  afterEach(() => stop(server));

  it('signs what it asks for', async () => {
    const requests: { type: string; reference: string; signedBy: unknown; body: unknown }[] = [];
    answer = (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const body = JSON.parse(bytes.toString()) as { type: string; reference: string };
        const signedBy = verifiedWebhookId(KEY, { headers: request.headers, body: bytes }, clock.now());
        requests.push({ type: body.type, reference: body.reference, signedBy, body });
        response.statusCode = 202;
        response.end();
      });
    };
    const [into, out] = [topUp(), withdrawal()];
    expect(await at(url).startTopUp(into)).toEqual({ settled: false });
    expect(await at(url).startWithdrawal(out)).toEqual({ settled: false });
    const money = { amount: 500, currency: 'CNY', callbackUrl: CALLBACK_URL };
    const asked = { type: 'top-up.requested', reference: into.topUpId, ...money };
    const askedOut = { type: 'withdrawal.requested', reference: out.withdrawalId, destination: 'account 1', ...money };
    expect(requests).toEqual([
      { type: asked.type, reference: asked.reference, signedBy: into.topUpId, body: asked },
      { type: askedOut.type, reference: askedOut.reference, signedBy: out.withdrawalId, body: askedOut },
    ]);
  });

  it('passes on where to pay, and nothing else of the answer', async () => {
    answer = (_request, response) =>
      response.end('{"payAt":"https://pay.example/a?b=1","settled":true,"state":"posted"}');
    expect(await at(url).startTopUp(topUp())).toEqual({ settled: false, payAt: 'https://pay.example/a?b=1' });
  });

  const unavailable = async (started: Promise<unknown>): Promise<void> => {
    await expect(started).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE', details: {} });
  };

  it.each<[string, RequestListener]>([
    ['500', (_request, response) => response.writeHead(500).end('{"payAt":"https://pay.example/"}')],
    ['404', (_request, response) => response.writeHead(404).end('{}')],
    ['a redirect', (_request, response) => response.writeHead(303, { location: '/elsewhere' }).end('{}')],
    ['a redirect of the request', (_request, response) => response.writeHead(307, { location: '/elsewhere' }).end()],
    ['a connection that breaks', (_request, response) => response.destroy()],
    [
      'an answer that breaks',
      (_request, response) => response.writeHead(500, { 'content-length': 9 }).end('{"', () => response.destroy()),
    ],
  ])('is unavailable with %s, and does not follow', async (_case, how) => {
    const paths: unknown[] = [];
    answer = (request, response) => {
      paths.push(request.url);
      how(request, response);
    };
    await unavailable(at(url).startTopUp(topUp()));
    await unavailable(at(url).startWithdrawal(withdrawal()));
    expect(paths).toEqual(['/pay', '/pay']);
  });

  it.each([
    ['not JSON', 'OK'],
    ['not an object', '[]'],
    ['a page over http', '{"payAt":"http://pay.example/"}'],
    ['script for a page', '{"payAt":"javascript:alert(1)"}'],
    ['a number for a page', '{"payAt":1}'],
    ['an endless page', JSON.stringify({ payAt: `https://pay.example/${'x'.repeat(2_000)}` })],
    ['a megabyte', JSON.stringify({ payAt: 'https://pay.example/', padding: 'x'.repeat(1 << 20) })],
  ])('takes no top-up with an answer that is %s; a withdrawal is taken with any', async (_case, text) => {
    answer = (_request, response) => response.end(text);
    await unavailable(at(url).startTopUp(topUp()));
    expect(await at(url).startWithdrawal(withdrawal())).toEqual({ settled: false });
  });

  it('reads no more of an endless answer than 64 kB', async () => {
    let sent = 0;
    answer = (_request, response) => {
      const more = (): void => {
        while (sent < 1 << 26 && !response.destroyed) {
          sent += 1 << 14;
          if (!response.write('x'.repeat(1 << 14))) return void response.once('drain', more);
        }
      };
      more();
    };
    await unavailable(at(url).startTopUp(topUp()));
    expect(sent).toBeLessThan(1 << 24);
  });

  it.each<[string, RequestListener]>([
    ['answers nothing', () => undefined],
    ['never ends its answer', (_request, response) => void response.write('{"payAt":')],
  ])('waits no longer than its time for who %s', async (_case, how) => {
    answer = how;
    const begun = performance.now();
    await unavailable(at(url, 100).startTopUp(topUp()));
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('is unavailable when nobody listens', async () => {
    const closed = await listen(() => undefined);
    await stop(closed.server);
    await unavailable(at(closed.url).startTopUp(topUp()));
    await unavailable(at(closed.url).startWithdrawal(withdrawal()));
  });

  it('knows its provider by the signature over the bytes', () => {
    const body = Buffer.from('{"type":"top-up.succeeded"}');
    const headers = webhookHeaders(KEY, 'evt_1', clock.now(), body);
    expect(at(url).authenticate({ headers, body })).toBe('evt_1');
    const invalid = new DomainError('CALLBACK_INVALID');
    expect(() => at(url).authenticate({ headers, body: Buffer.from('{"type":"top-up.failed"}') })).toThrow(invalid);
    const late = webhookHeaders(KEY, 'evt_1', clock.now() - 301_000, body);
    expect(() => at(url).authenticate({ headers: late, body })).toThrow(invalid);
  });
});
