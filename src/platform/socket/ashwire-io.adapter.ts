import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Server, ServerOptions } from 'socket.io';
import type { AshwireConfig } from '../../config/config.schema.js';
import { ERRORS } from '../../protocol/errors.js';
import { LIMITS } from '../../protocol/limits.js';
import { DomainError } from '../../shared/domain-error.js';
import { ConnectionGate, RETRY_ELSEWHERE_MS } from './connection-gate.js';

const CLOSE_WITHIN_MS = 3_000;
const CLOSE_IDLE_EVERY_MS = 100;

type AllowRequest = NonNullable<ServerOptions['allowRequest']>;

/**
 * socket.io under Nest without Nest's cost: Nest would bind every handler of every gateway to every socket and run each event
 * through observables (251 to 293 µs a message against 76 bare, docs/performance.md). Here Nest finds the gateways and
 * creates the server; the gate takes the connections and one dispatcher their events.
 */
export class AshwireIoAdapter extends IoAdapter {
  private readonly gate: ConnectionGate;
  private readonly origins: ReadonlySet<string>;

  constructor(application: INestApplicationContext, config: AshwireConfig) {
    super(application);
    this.gate = application.get(ConnectionGate);
    this.origins = new Set(originsOf(config));
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const server = super.createIOServer(port, { ...options, ...this.options() } as ServerOptions);
    this.gate.guard(server);
    (this.httpServer as HttpServer).on('upgrade', letGoOfStrangers);
    server.engine.on('connection_error', ({ req }: { req: IncomingMessage }) => cutOff(req.socket));
    return server;
  }

  /** Closing waits for open requests; a client that does not read its answer must not keep the process. */
  override async close(server: Server): Promise<void> {
    const http = this.httpServer as HttpServer;
    const impatience = setTimeout(() => http.closeAllConnections(), CLOSE_WITHIN_MS);
    // Node closes what is idle once; what is answered after that would stay.
    const idle = setInterval(() => http.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
    await super.close(server);
    clearTimeout(impatience);
    clearInterval(idle);
  }

  /** Nest's per-socket binding is what this adapter exists to avoid. */
  override bindClientConnect(): void {}
  override bindMessageHandlers(): void {}

  private options(): Partial<ServerOptions> {
    return {
      transports: ['websocket'],
      allowUpgrades: false,
      serveClient: false,
      connectTimeout: 5_000,
      maxHttpBufferSize: LIMITS.frameBytes,
      perMessageDeflate: false,
      httpCompression: false,
      allowRequest: this.allowRequest,
    };
  }

  /** CORS does not apply to WebSockets: a browser's origin is checked here. Who is not a browser sends none. */
  private readonly allowRequest: AllowRequest = (request: IncomingMessage, decide) => {
    const { origin } = request.headers;
    if (origin !== undefined && !this.origins.has(origin)) return decide('ORIGIN_NOT_ALLOWED', false);
    if (this.gate.isShut) {
      sendElsewhere(request.socket);
      return decide('SHUTTING_DOWN', false);
    }
    if (!this.gate.admits(request)) return decide('TOO_MANY_CONNECTIONS', false);
    decide(null, true);
  };
}

/** An upgrade that is none of socket.io's. Node lets go of such a connection and of its time limits. */
function letGoOfStrangers({ url }: IncomingMessage, socket: Duplex): void {
  if (!url?.startsWith('/socket.io/')) socket.destroy();
}

/** engine.io's refusals are all 400; at 503 a proxy in front tries the next node, and the client never hears of it. */
function sendElsewhere(socket: Socket): void {
  const body = JSON.stringify({
    error: new DomainError('SHUTTING_DOWN', { retryAfterMs: RETRY_ELSEWHERE_MS }).toWire(),
  });
  const head = [
    `HTTP/1.1 ${ERRORS.SHUTTING_DOWN.status} Service Unavailable`,
    ...['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close'],
    `Retry-After: ${Math.ceil(RETRY_ELSEWHERE_MS / 1_000)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** After the refusal is written: engine.io only ends its side, and the other one may never do so. */
function cutOff(socket: Socket): void {
  setImmediate(() => socket.destroySoon());
}

/** Never what the Host header says: a name of an attacker's that points here would pass (DNS rebinding). */
function originsOf({ http: { publicUrl, allowedOrigins, port } }: AshwireConfig): string[] {
  const loopback = ['localhost', '127.0.0.1', '[::1]'].map((host) => `http://${host}:${port}`);
  return [...(publicUrl ? [new URL(publicUrl).origin] : loopback), ...allowedOrigins];
}
