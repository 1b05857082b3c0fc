import { type ErrorCode, ERRORS } from '../../protocol/errors.js';
import { payloadSchemas } from '../validation/payload-validator.js';

export type Json = Record<string, unknown>;

const PREFIX = '#/components/schemas/';

export const schemaRef = (name: string): { $ref: string } => ({ $ref: PREFIX + name });

/** A refusal with one of these codes. */
export const errorSchema = (codes: readonly ErrorCode[]): Json => ({
  allOf: [schemaRef('Error'), { properties: { code: { enum: [...codes] } } }],
});

const anyError: Json = {
  type: 'object',
  required: ['code', 'message', 'details'],
  properties: {
    code: { type: 'string' },
    message: { type: 'string', description: 'For a person. Switch on the code.' },
    details: { type: 'object', description: 'What the code needs: retryAfterMs, problems, requestId, …' },
  },
  additionalProperties: false,
};

/** What the server checks payloads by, as far as the document speaks of it, and the shape of errors. */
export function schemasFor(document: object): Record<string, Json> {
  const all: Record<string, Json> = {
    ...payloadSchemas(PREFIX),
    Error: anyError,
  };
  const used: Record<string, Json> = {};
  for (let names = namesIn(document); names.length > 0;) {
    const fresh = names.filter((name) => !(name in used));
    for (const name of fresh) used[name] = present(all[name], name);
    names = fresh.flatMap((name) => namesIn(used[name]));
  }
  return Object.fromEntries(Object.entries(used).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function namesIn(part: unknown): string[] {
  return [...JSON.stringify(part).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => String(name));
}

function present(schema: Json | undefined, name: string): Json {
  if (!schema) throw new Error(`the document names a payload that is not declared: ${name}`);
  return schema;
}

/** Every code, with what it is over HTTP and whether the same request may succeed later. */
export function errorTable(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { status, retryable, message }]) =>
      `| \`${code}\` | ${status} | ${retryable ? 'yes' : 'no'} | ${message} |`,
  );
  return ['| code | status | retryable | message |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
