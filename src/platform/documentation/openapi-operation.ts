import { type ErrorCode, ERRORS } from '../../protocol/errors.js';
import { ID_PATTERN } from '../../protocol/payloads/fields.js';
import { type Refusals, REFUSALS_EXTENSION } from '../http/api-refusals.js';
import { errorSchema, type Json } from './json-schemas.js';
import type { HttpStep } from './story/steps.js';
import { STORY } from './story/story.js';

type Content = Record<string, { schema?: Json; examples?: Json }>;

/** An operation as Nest's scanner leaves it. */
export interface Operation {
  operationId: string;
  summary?: string;
  tags?: string[];
  parameters?: { in: string; schema: Json }[];
  requestBody?: { required: boolean; content: Content };
  responses: Record<string, { description: string; content?: Content }>;
  security?: object[];
  [REFUSALS_EXTENSION]?: Refusals;
}

const JSON_TYPE = 'application/json';

const ANY_ROUTE: Refusals = {
  RATE_LIMITED: 'this address, account or pair of users asks too often',
  UNAVAILABLE: 'a store does not answer',
  INTERNAL: 'details.requestId is in the log of the server',
};
const WITH_TOKEN: Refusals = {
  UNAUTHENTICATED: 'no access token, an expired one, or one that is not valid here',
  SESSION_REVOKED: 'the session of the token has ended',
  DEVICE_REPLACED: 'another device of the account took the place of this one',
};
const WITH_BODY: Refusals = {
  BAD_JSON: 'the body is not JSON',
  BAD_REQUEST: 'details.problems names the fields',
  UNSUPPORTED_MEDIA_TYPE: 'the body is not application/json',
  PAYLOAD_TOO_LARGE: 'the body is larger than 128 kB',
};

/** Adds what holds for all routes of a kind, and the examples. */
export function completeOperation(name: string, operation: Operation): void {
  const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
  for (const { schema } of inPath) schema['pattern'] = ID_PATTERN.source;
  addRefusals(name, operation, inPath.length > 0);
  const steps = STORY.filter((step): step is HttpStep => step.kind === 'http' && step.operation === name && step.shown);
  for (const step of steps) addExample(operation, step);
}

function addRefusals(name: string, operation: Operation, hasIds: boolean): void {
  const refusals: Refusals = {
    ...(hasIds && { NOT_FOUND: 'there is no such thing, or it is not for you' }),
    ...(operation.requestBody && WITH_BODY),
    ...(operation.security && WITH_TOKEN),
    ...(!name.includes('/health/live') && ANY_ROUTE),
    ...operation[REFUSALS_EXTENSION],
  };
  delete operation[REFUSALS_EXTENSION];
  const codes = Object.keys(refusals) as ErrorCode[];
  for (const status of [...new Set(codes.map((code) => ERRORS[code].status))].sort()) {
    const own = codes.filter((code) => ERRORS[code].status === status);
    operation.responses[status] = {
      description: own.map((code) => `\`${code}\`: ${refusals[code] ?? ''}`).join('; '),
      content: { [JSON_TYPE]: { schema: answerSchema(own) } },
    };
  }
}

const answerSchema = (codes: readonly ErrorCode[]): Json => ({
  type: 'object',
  required: ['error'],
  properties: { error: errorSchema(codes) },
});

function addExample(operation: Operation, { name, request, status, answer }: HttpStep): void {
  if (request) place(operation.requestBody?.content, name, request);
  if (answer) place(operation.responses[status]?.content, name, answer);
}

function place(content: Content | undefined, name: string, value: object): void {
  const media = content?.[JSON_TYPE];
  if (!media) throw new Error(`an example without a place in the document: ${name}`);
  media.examples = { ...media.examples, [name]: { value } };
}
