import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent, request as requestHttps } from 'node:https';
import { io, type Socket } from 'socket.io-client';

/** How the clients of a run reach the system. */
export interface FrontDoor {
  readonly url: string;
  /** Registering and befriending are no part of a fault: past Nginx and its certificate. */
  readonly registerAt: string;
  /** PEM of the certificate in front. */
  readonly authority?: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

const ANSWER_WITHIN_MS = 5_000;

/** One client's way in. */
export class Entrance {
  private readonly agent: HttpAgent;
  private readonly trust: { readonly ca?: string };

  constructor(private readonly door: FrontDoor) {
    const { authority, url } = door;
    this.trust = authority === undefined ? {} : { ca: authority };
    this.agent = url.startsWith('https')
      ? new Agent({ keepAlive: true, ...this.trust })
      : new HttpAgent({ keepAlive: true });
  }

  socket(token: string): Socket {
    const own = { transports: ['websocket'], auth: { token }, reconnection: false, forceNew: true };
    return io(this.door.url, { ...own, timeout: ANSWER_WITHIN_MS, ...this.trust });
  }

  /** Throws when no answer of the application came. */
  call(token: string, method: string, path: string, body?: unknown): Promise<ApiAnswer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${token}`,
      ...(text !== undefined && { 'content-type': 'application/json' }),
    };
    const request = this.door.url.startsWith('https') ? requestHttps : requestHttp;
    return new Promise((resolve, reject) => {
      const options = { method, headers, agent: this.agent, timeout: ANSWER_WITHIN_MS };
      const sent = request(this.door.url + path, options, (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => {
          try {
            const status = response.statusCode ?? 0;
            resolve({ status, body: JSON.parse(Buffer.concat(pieces).toString()) as Record<string, unknown> });
          } catch (error) {
            reject(error instanceof Error ? error : new Error('no JSON'));
          }
        });
      });
      sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
      sent.on('error', reject);
      sent.end(text);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
