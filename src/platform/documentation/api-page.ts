import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';

/** Nothing inline: the content security policy takes scripts from the server's own files only. */
const PAGE = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width">
  <title>Ashwire HTTP API</title>
  <link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
  <link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
  <div id="swagger-ui"></div>
  <script src="/docs/swagger-ui-bundle.js"></script>
  <script src="/docs/start.js"></script>
</body>
</html>
`;

const START = `SwaggerUIBundle({ url: '/docs/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });
`;

/** Of the hundreds of files of Swagger UI the page needs these. */
const FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/**
 * Swagger UI at /docs. SwaggerModule.setup would serve its whole folder through @fastify/static, whose CommonJS requires ES
 * modules: Jest cannot load that before Node 24.9, and Nest ends the process when it does not load.
 */
export function serveApiPage(application: NestFastifyApplication): void {
  const adapter = application.getHttpAdapter();
  const serve = (path: string, type: string, body: () => unknown): void => {
    adapter.get(path, (_request: FastifyRequest, reply: FastifyReply) => {
      void reply.type(type).send(body());
    });
  };
  for (const path of ['/docs', '/docs/']) serve(path, 'text/html; charset=utf-8', () => PAGE);
  serve('/docs/start.js', 'text/javascript; charset=utf-8', () => START);
  // The version that @nestjs/swagger comes with.
  const { resolve } = createRequire(createRequire(import.meta.url).resolve('@nestjs/swagger'));
  for (const [name, type] of Object.entries(FILES)) {
    const file = resolve(`swagger-ui-dist/${name}`);
    serve(`/docs/${name}`, type, () => createReadStream(file));
  }
}
