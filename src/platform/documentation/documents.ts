import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AshwireConfig } from '../../config/config.schema.js';
import { RateLimiter } from '../rate-limit/rate-limiter.port.js';
import { serveApiPage } from './api-page.js';
import { createAsyncApi } from './asyncapi.js';
import { createOpenApi } from './openapi.js';

/** Both documents as they are in docs/api, by file name. */
export const documentFiles = (application: INestApplication): Readonly<Record<string, string>> => ({
  'openapi.json': text(createOpenApi(application)),
  'asyncapi.json': text(createAsyncApi()),
});

const text = (document: object): string => `${JSON.stringify(document, null, 2)}\n`;

/** The documents and a page to read and try them, for everyone. Made when first asked for. */
export function serveDocuments(application: NestFastifyApplication, config: AshwireConfig): void {
  limitByAddress(application, config);
  serveApiPage(application);
  let files: Readonly<Record<string, string>> | undefined;
  for (const name of ['openapi.json', 'asyncapi.json']) {
    application.getHttpAdapter().get(`/docs/${name}`, (_request: FastifyRequest, reply: FastifyReply) => {
      files ??= documentFiles(application);
      void reply.type('application/json').send(files[name]);
    });
  }
}

/** These routes are Fastify's own, which Nest's guards do not see; they draw on the same budget as the rest. */
function limitByAddress(application: NestFastifyApplication, config: AshwireConfig): void {
  const limiter = application.get(RateLimiter);
  application
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', async ({ url, ip }: FastifyRequest) => {
      if (/^\/docs(?:[/?]|$)/.test(url)) await limiter.consume('http', ip, config.limits.httpPerAddress);
    });
}
