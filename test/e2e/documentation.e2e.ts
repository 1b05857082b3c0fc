import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Parser } from '@asyncapi/parser';
import { RequestMethod } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import { Ajv } from 'ajv';
import { readFileSync } from 'node:fs';
import { UserAdministration } from '../../src/modules/user/index.js';
import { documentFiles } from '../../src/platform/documentation/documents.js';
import { STORY } from '../../src/platform/documentation/story/story.js';
import { ERRORS } from '../../src/protocol/errors.js';
import { CLIENT_EVENTS, SERVER_EVENTS } from '../../src/protocol/event-schemas.js';
import { type RunningServer, startServer } from '../rig/server.js';
import { StandInProvider } from '../rig/stand-in-provider.js';
import { type Outcome, StoryRun } from '../rig/story-run.js';

interface Example {
  readonly value: unknown;
}
interface Operation {
  readonly summary?: string;
  readonly security?: object[];
  readonly requestBody?: { readonly content: Record<string, { readonly examples?: Record<string, Example> }> };
  readonly responses: Record<string, { readonly content?: Record<string, { examples?: Record<string, Example> }> }>;
}
interface AsyncMessage {
  readonly examples: readonly { readonly name: string; readonly payload: unknown }[];
}

/** From here on a diagnostic is advice, such as that a newer version of AsyncAPI exists. */
const HINTS = 2;
const JSON_TYPE = 'application/json';
const pointer = (...parts: string[]) =>
  parts.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

let server: RunningServer;
let provider: StandInProvider;
let story: StoryRun;
let files: Readonly<Record<string, string>>;
let openApi: OpenAPIObject;
let asyncApi: { components: { messages: Record<string, AsyncMessage> } };
const ajv = new Ajv({ strict: false, validateFormats: false });
const operations = new Map<string, Operation>();

beforeAll(async () => {
  // The proof of work as the profile has it: its numbers are in an example.
  provider = await StandInProvider.start();
  server = await startServer(
    {
      registration: { proofOfWork: { cost: 5_000 } },
      adapters: { paymentProvider: { kind: 'webhook', url: provider.url } },
    },
    undefined,
    { ASHWIRE_PAYMENT_PROVIDER_KEY: provider.key },
  );
  files = documentFiles(server.application);
  openApi = JSON.parse(files['openapi.json'] ?? '') as OpenAPIObject;
  asyncApi = JSON.parse(files['asyncapi.json'] ?? '') as typeof asyncApi;
  ajv.addSchema(openApi, 'openapi').addSchema(asyncApi, 'asyncapi');
  for (const [path, item] of Object.entries(openApi.paths)) {
    for (const [method, operation] of Object.entries(item) as [string, Operation][]) {
      operations.set(`${method.toUpperCase()} ${path}`, operation);
    }
  }
  story = new StoryRun(server.url, provider);
  for (const name of ['bob', 'carol', 'olga'] as const) await story.settle(name);
  await server.application.get(UserAdministration, { strict: false }).grantAdmin('olga');
});

afterAll(async () => {
  story.close();
  await server.close();
  await provider.close();
});

/** Why a value is not what a place in a document says. */
function problems(document: 'openapi' | 'asyncapi', place: string, value: unknown): string[] {
  const validate = ajv.getSchema(`${document}#${place}`);
  if (!validate) return [`no schema at ${place}`];
  return validate(value) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
}

const bodyPlace = (operation: string, ...where: string[]): string => {
  const [method = '', path = ''] = operation.split(' ');
  return pointer('paths', path, method.toLowerCase(), ...where, 'content', JSON_TYPE, 'schema');
};
const messagePlace = (key: string): string => pointer('components', 'messages', key.replace(':', '.'), 'payload');

describe('the story that the examples tell', () => {
  const answerProblems = (step: (typeof STORY)[number], { answer }: Outcome): string[] => {
    if (answer === undefined) return [];
    switch (step.kind) {
      case 'http':
        return problems('openapi', bodyPlace(step.operation, 'responses', String(step.status)), answer);
      case 'event':
        return problems('asyncapi', messagePlace(`${step.event}.ack`), answer);
      case 'connect':
        return problems('asyncapi', messagePlace('connect_error'), answer);
      case 'disconnect':
        return [];
    }
  };

  it.each(STORY.map((step) => ({ title: `${step.name} (${step.kind})`, step })))('$title', async ({ step }) => {
    const outcome = await story.run(step);
    expect(outcome.differences).toEqual([]);
    expect(answerProblems(step, outcome)).toEqual([]);
    for (const { event, payload } of outcome.pushes) {
      expect(problems('asyncapi', messagePlace(event), payload)).toEqual([]);
    }
  });
});

describe('the OpenAPI document', () => {
  it('is what is committed', () => {
    expect(same('openapi.json')).toBe('yes');
  });

  it('has every route that Nest has, and no other', () => {
    expect([...operations.keys()].sort()).toEqual(nestRoutes().sort());
  });

  it('has a summary and an example of success for every operation', () => {
    const successes = STORY.flatMap((step) =>
      step.kind === 'http' && step.shown && step.status < 300 ? [step.operation] : [],
    );
    const lacking = [...operations].filter(([name, { summary }]) => !summary || !successes.includes(name));
    expect(lacking.map(([name]) => name)).toEqual([]);
  });

  it('has no example but those of the story, each valid by its own schema', () => {
    const told = STORY.map(({ name }) => name);
    const examples = [...operations].flatMap(([name, operation]) => examplesOf(name, operation));
    expect(examples.length).toBeGreaterThan(operations.size);
    for (const { title, place, value } of examples) {
      expect(told).toContain(title);
      // The one request that shows what is refused.
      if (title === 'an unknown purpose is refused' && place.includes('requestBody')) continue;
      expect([title, problems('openapi', place, value)]).toEqual([title, []]);
    }
  });

  it('says truly which routes need a token', async () => {
    for (const [name, { security }] of operations) {
      const [method = '', path = ''] = name.split(' ');
      const { body } = await story.send(method, path.replace(/\{\w+\}/g, 'A'.repeat(22)));
      const { error } = (body ?? {}) as { error?: { code: string } };
      expect([name, error?.code === 'UNAUTHENTICATED']).toEqual([name, security !== undefined]);
    }
  });

  it('and the AsyncAPI document list every error code as errors.ts has it', () => {
    for (const file of Object.values(files)) {
      const { info } = JSON.parse(file) as { info: { description: string } };
      const rows = [...info.description.matchAll(/^\| `(\w+)` \| (\d+) \| (yes|no) \| (.+) \|$/gm)];
      const documented = rows.map(([, code, status, retryable, message]) => [
        code,
        { status: Number(status), retryable: retryable === 'yes', message },
      ]);
      expect(Object.fromEntries(documented)).toEqual(ERRORS);
    }
  });
});

describe('the AsyncAPI document', () => {
  it('is what is committed', () => {
    expect(same('asyncapi.json')).toBe('yes');
  });

  it('is valid by the parser of AsyncAPI', async () => {
    const { document, diagnostics } = await new Parser().parse(files['asyncapi.json'] ?? '');
    expect(diagnostics.filter(({ severity }) => Number(severity) < HINTS)).toEqual([]);
    expect(document?.operations().length).toBeGreaterThan(0);
  });

  it('has an example for every event and every acknowledgement, each valid by its own schema', () => {
    const events = [
      ...Object.keys(CLIENT_EVENTS).flatMap((event) => [event, `${event}.ack`]),
      ...Object.keys(SERVER_EVENTS),
    ];
    const keys = [...events.map((event) => event.replace(':', '.')), 'connect', 'connect_error'];
    expect(Object.keys(asyncApi.components.messages).sort()).toEqual(keys.sort());
    const told = STORY.map(({ name }) => name);
    for (const [key, { examples }] of Object.entries(asyncApi.components.messages)) {
      expect([key, examples.length > 0]).toEqual([key, true]);
      for (const { name, payload } of examples) {
        expect([key, problems('asyncapi', messagePlace(key), payload)]).toEqual([key, []]);
        expect(told).toContain(name);
      }
    }
  });
});

describe('what is served', () => {
  it.each(['openapi.json', 'asyncapi.json'])('/docs/%s is the committed document, without a token', async (name) => {
    const { status, body } = await story.send('GET', `/docs/${name}`);
    expect([status, body]).toEqual([200, JSON.parse(files[name] ?? '')]);
  });

  it('/docs is a page whose scripts are files of the server', async () => {
    const page = await fetch(`${server.url}/docs`);
    const html = await page.text();
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/);
    const scripts = [...html.matchAll(/<script src="([^"]+)"/g)].map(([, path]) => String(path));
    expect(scripts.length).toBeGreaterThan(1);
    for (const path of scripts) {
      const script = await fetch(server.url + path);
      expect((await script.text()).length).toBeGreaterThan(50);
      expect([path, script.status, script.headers.get('content-type')]).toEqual([
        path,
        200,
        expect.stringContaining('text/javascript'),
      ]);
    }
  });

  it('draws on the budget of the address', async () => {
    const small = await startServer({ limits: { httpPerAddress: { points: 2 } } });
    try {
      const statuses = [];
      for (let i = 0; i < 3; i += 1) statuses.push((await fetch(`${small.url}/docs/asyncapi.json`)).status);
      expect(statuses).toEqual([200, 200, 429]);
    } finally {
      await small.close();
    }
  });
});

function examplesOf(name: string, { requestBody, responses }: Operation) {
  const bodies = [
    { where: ['requestBody'], content: requestBody?.content },
    ...Object.entries(responses).map(([status, { content }]) => ({ where: ['responses', status], content })),
  ];
  return bodies.flatMap(({ where, content }) =>
    Object.entries(content?.[JSON_TYPE]?.examples ?? {}).map(([title, { value }]) => {
      return { title, place: bodyPlace(name, ...where), value };
    }),
  );
}

/** 'yes', or what to do. */
function same(name: string): string {
  const committed = readFileSync(`docs/api/${name}`, 'utf8');
  return committed === files[name] ? 'yes' : `docs/api/${name} is not what the code says. Run: npm run docs`;
}

function nestRoutes(): string[] {
  const scanner = new MetadataScanner();
  const controllers = [...server.application.get(ModulesContainer).values()].flatMap((module) => [
    ...module.controllers.values(),
  ]);
  return controllers.flatMap(({ metatype }) => {
    const prototype = (metatype as { prototype: Record<string, object> }).prototype;
    const base = Reflect.getMetadata('path', metatype as object) as string;
    return scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name] as object;
      const path = Reflect.getMetadata('path', handler) as string | undefined;
      if (path === undefined) return [];
      const method = RequestMethod[Reflect.getMetadata('method', handler) as number] ?? '';
      return [
        `${method} /${base}/${path}`
          .replace(/\/+$/, '')
          .replace(/\/+/g, '/')
          .replace(/:(\w+)/g, '{$1}'),
      ];
    });
  });
}
