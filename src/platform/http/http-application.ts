import helmet from '@fastify/helmet';
import { NestFactory } from '@nestjs/core';
import { ConsoleLogger, type DynamicModule, type LogLevel, type RawBodyRequest } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { AshwireConfig } from '../../config/config.schema.js';
import { ERRORS } from '../../protocol/errors.js';
import { LIMITS } from '../../protocol/limits.js';
import { DomainError } from '../../shared/domain-error.js';
import { serveDocuments } from '../documentation/documents.js';
import { AshwireIoAdapter } from '../socket/ashwire-io.adapter.js';
import { serveWebClient } from './web-client.js';

const LOG_LEVELS: readonly LogLevel[] = ['error', 'warn', 'log', 'debug'];

/** The Nest application on Fastify and socket.io with all limits set; not listening yet. */
export async function createHttpApplication(
  root: DynamicModule,
  config: AshwireConfig,
): Promise<NestFastifyApplication> {
  const application = await NestFactory.create<NestFastifyApplication>(root, fastify(config), {
    logger: new ConsoleLogger({ json: true, logLevels: LOG_LEVELS.slice(0, LOG_LEVELS.indexOf(config.logLevel) + 1) }),
    abortOnError: false,
    bodyParser: false,
  });
  takeOnlyJson(application);
  await application.register(helmet, {
    contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } },
    // Set by whoever ends TLS in front.
    strictTransportSecurity: false,
  });
  serveDocuments(application, config);
  serveWebClient(application, config);
  application.useWebSocketAdapter(new AshwireIoAdapter(application, config));
  return application;
}

/**
 * One content type, parsed by the platform's own parser; what is in the object is the payload validators' business. The bytes
 * stay with the request for `@RawBody()`: signatures of callbacks are over them.
 */
function takeOnlyJson(application: NestFastifyApplication): void {
  const instance = application.getHttpAdapter().getInstance();
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    (request as RawBodyRequest<FastifyRequest>).rawBody = body as Buffer;
    try {
      done(null, JSON.parse(body.toString()));
    } catch {
      done(new DomainError('BAD_JSON'));
    }
  });
}

function fastify({ http }: AshwireConfig): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: LIMITS.bodyBytes,
    trustProxy: (_address: string, hop: number) => hop < http.trustedProxyHops,
    requestTimeout: http.requestTimeoutMs,
    genReqId: () => randomUUID(),
    // Ends what an idle client holds when the process stops.
    forceCloseConnections: true,
    http: { headersTimeout: http.headerTimeoutMs, maxHeaderSize: 8 * 1024, connectionsCheckingInterval: 2_000 },
    routerOptions: { maxParamLength: 64 },
    clientErrorHandler: refuseBrokenRequest,
    // Addresses that the router cannot read. Its own answer would repeat them.
    frameworkErrors: (_error: unknown, _request: unknown, reply: FastifyReply) => {
      void reply.status(ERRORS.NOT_FOUND.status).send({ error: new DomainError('NOT_FOUND').toWire() });
    },
  });
}

const STATUS_OF_PARSER_ERROR: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

/** What is not even HTTP: smuggled, too large or too slow headers. Answered in our shape, then the socket goes. */
function refuseBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'REQUEST_TIMEOUT' : 'BAD_REQUEST';
  const body = JSON.stringify({ error: { code, message: ERRORS[code].message, details: {} } });
  const status = STATUS_OF_PARSER_ERROR[error.code ?? ''] ?? '400 Bad Request';
  socket.write(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
  // An end alone would leave it open for as long as the client likes to go on sending.
  socket.destroySoon();
}
