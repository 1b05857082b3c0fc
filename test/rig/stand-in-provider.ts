import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CallbackType, ProviderCallback } from '../../src/protocol/payloads/payment.payloads.js';
import type { Answer } from './raw-person.js';

export interface ProviderRequest {
  readonly type: string;
  readonly reference: string;
  readonly amount: number;
  readonly currency: string;
  readonly destination?: string;
  readonly callbackUrl: string;
}

interface Headers {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/** A payment provider by the book of standardwebhooks.com, apart from the code that it tests. */
export class StandInProvider {
  /** Those that were signed as they must be, in the order in which they came. */
  readonly requests: ProviderRequest[] = [];
  /** What it does with a request. */
  mode: 'takes' | 'breaks' | 'hangs' = 'takes';

  private constructor(
    private readonly server: Server,
    readonly url: string,
    readonly key: string,
  ) {}

  static async start(): Promise<StandInProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/requests`;
    const provider = new StandInProvider(server, url, randomBytes(32).toString('base64'));
    server.on('request', (request: IncomingMessage, response: ServerResponse) => provider.take(request, response));
    return provider;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  sign(body: string, id: string = randomBytes(12).toString('hex'), at: number = Date.now()): Headers {
    const timestamp = String(Math.floor(at / 1_000));
    const hmac = createHmac('sha256', Buffer.from(this.key, 'base64')).update(`${id}.${timestamp}.${body}`);
    return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${hmac.digest('base64')}` };
  }

  /** Reports how a request of this server ended. */
  report(type: CallbackType, reference: string, spoilt: Partial<ProviderCallback> = {}): Promise<Answer> {
    const { amount, currency, callbackUrl } =
      this.requests.find((request) => request.reference === reference) ?? this.anyRequest();
    const body = JSON.stringify({ type, reference, amount, currency, ...spoilt });
    return this.send(callbackUrl, body, this.sign(body));
  }

  async send(callbackUrl: string, body: string, headers: Partial<Headers>): Promise<Answer> {
    const json = { 'content-type': 'application/json' };
    const response = await fetch(callbackUrl, { method: 'POST', body, headers: { ...json, ...headers } });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }

  private anyRequest(): ProviderRequest {
    const [request] = this.requests;
    if (!request) throw new Error('the provider was never asked');
    return request;
  }

  private take(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = request.headers;
      const expected = this.sign(body, String(id), Number(timestamp) * 1_000)['webhook-signature'];
      if (signature !== expected) return void response.writeHead(401).end();
      const asked = JSON.parse(body) as ProviderRequest;
      this.requests.push(asked);
      if (this.mode === 'breaks') return void response.writeHead(502).end();
      if (this.mode === 'hangs') return;
      const payAt = asked.type === 'top-up.requested' ? { payAt: `https://pay.example/${asked.reference}` } : {};
      response.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify(payAt));
    });
  }
}
