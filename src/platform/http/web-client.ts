import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { ConfigError } from '../../config/config-error.js';
import type { AshwireConfig } from '../../config/config.schema.js';
import { PACKAGE_ROOT } from '../../config/package-root.js';
import { pageHeaders } from './page-headers.js';

/** Where `npm run build` puts it. */
export const WEB_CLIENT = join(PACKAGE_ROOT, 'dist', 'web');

/** The addresses of web/src/router.ts: each is the page. */
export const PAGE_ADDRESSES: readonly string[] = [
  '/',
  '/chats/:conversationId',
  '/friends',
  '/friends/add',
  '/friends/:userId',
  '/invitation',
  '/groups/new',
  '/groups/:groupId',
  '/wallet',
  '/settings',
];

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

interface ServedFile {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly compressed: Buffer | undefined;
}

/**
 * The web client, from memory: a file that is streamed stays open when its reader goes away in the middle. Each file and
 * each address of the page is a route of its own; what else is asked for is not found.
 */
export function serveWebClient(application: NestFastifyApplication, config: AshwireConfig, folder = WEB_CLIENT): void {
  if (!config.http.webClient) return;
  const files = readFiles(folder);
  const page = files.get('/index.html');
  if (!page) throw new ConfigError([`The web client is not built (${folder}). Run: npm run build`]);
  const common = pageHeaders(config);
  const serve = (path: string, file: ServedFile): void => {
    application.getHttpAdapter().get(path, (request: FastifyRequest, reply: FastifyReply) => {
      void answer(request, reply.headers({ ...common, ...file.headers }), file);
    });
  };
  for (const [path, file] of files) serve(path, file);
  for (const path of PAGE_ADDRESSES) serve(path, page);
}

function answer({ headers }: FastifyRequest, reply: FastifyReply, file: ServedFile): FastifyReply {
  if (headers['if-none-match'] === file.headers['ETag']) return reply.status(304).send();
  const isCompressed = file.compressed && /\bgzip\b/.test(headers['accept-encoding'] ?? '');
  return isCompressed ? reply.header('Content-Encoding', 'gzip').send(file.compressed) : reply.send(file.body);
}

function readFiles(folder: string): Map<string, ServedFile> {
  const files = new Map<string, ServedFile>();
  if (!existsSync(folder)) return files;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(folder, file).split(sep).join('/')}`;
    files.set(path, readServedFile(file, path, type));
  }
  return files;
}

function readServedFile(file: string, path: string, type: string): ServedFile {
  const body = readFileSync(file);
  const compressedFile = `${file}.gz`;
  return {
    body,
    compressed: existsSync(compressedFile) ? readFileSync(compressedFile) : undefined,
    headers: {
      'Content-Type': type,
      // Names under /assets/ change with their content.
      'Cache-Control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      ETag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
      Vary: 'Accept-Encoding',
    },
  };
}
