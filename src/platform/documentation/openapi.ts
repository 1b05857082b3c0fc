import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { errorTable, schemasFor } from './json-schemas.js';
import { completeOperation, type Operation } from './openapi-operation.js';

/** Counts changes that a client must follow, not releases. */
export const PROTOCOL_VERSION = '1';

const INTRODUCTION = `Accounts, friends, groups, keys and money over HTTP; conversations over the socket, which [AsyncAPI](asyncapi.json) describes.

All payloads are JSON. Unknown fields are refused. Times are milliseconds since 1970 by the server's clock. Ids are 128 bits and
keys, signatures and the like are bytes, all in base64url without padding. What is signed, byte for byte, is in \`src/protocol/signing.ts\`.

Examples tell one story of Alice, Bob and Carol; a test runs all of it. Ids, keys, signatures and tokens in them are stand-ins
named after what they are, such as \`alice-user-00000000000\`.

## Errors

Every refusal is \`{ "error": { "code", "message", "details" } }\`. Codes are stable; messages are for people. A retryable one
may succeed later, unchanged; with \`details.retryAfterMs\` not before that.

`;

const settings = () =>
  new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Ashwire HTTP API')
    .setDescription(INTRODUCTION + errorTable())
    .setVersion(PROTOCOL_VERSION)
    .addServer('/')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      description: 'An access token. It lives 10 minutes; a refresh token gets the next.',
    })
    .build();

/** Routes, parameters and types as Nest knows them; schemas as the server checks them; examples as the test runs them. */
export function createOpenApi(application: INestApplication): OpenAPIObject {
  const document = SwaggerModule.createDocument(application, settings(), {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}.${method}`,
    autoTagControllers: false,
  });
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item) as [string, Operation][]) {
      completeOperation(`${method.toUpperCase()} ${path}`, operation);
    }
  }
  document.components = { ...document.components, schemas: schemasFor(document.paths) };
  document.tags = tagsOf(document);
  return document;
}

function tagsOf(document: OpenAPIObject): { name: string }[] {
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item) as Partial<Operation>[]);
  return [...new Set(operations.flatMap(({ tags }) => tags ?? []))].sort().map((name) => ({ name }));
}
