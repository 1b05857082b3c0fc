import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { MAX, MIN } from 'class-validator';
import { validationMetadatasToSchemas } from 'class-validator-jsonschema';
import type { Constructor } from '../../protocol/event-schemas.js';
import { DomainError } from '../../shared/domain-error.js';

type JsonSchema = Record<string, unknown>;

/**
 * The class-validator declarations of the protocol, compiled once to functions. Interpreting them anew for each payload cost
 * 41 to 70 µs a message (docs/performance.md); compiled it is one or two. Unknown fields are refused, `__proto__` among them.
 */
export class PayloadValidators {
  private readonly compiled = new Map<Constructor, ValidateFunction>();
  private readonly ajv: Ajv;

  constructor() {
    this.ajv = new Ajv({ strict: true, allErrors: false, allowUnionTypes: true });
    this.ajv.addSchema({ $id: 'payloads', definitions: payloadSchemas('payloads#/definitions/') });
  }

  /** Returns the payload as what it was checked to be. Throws BAD_REQUEST naming the first bad field; values are not echoed. */
  check<T extends object>(schema: Constructor<T>, payload: unknown): T {
    const validate = this.compiled.get(schema) ?? this.compile(schema);
    if (!validate(payload)) throw new DomainError('BAD_REQUEST', { problems: (validate.errors ?? []).map(describe) });
    return payload as T;
  }

  private compile(schema: Constructor): ValidateFunction {
    const validate = this.ajv.compile({ $ref: `payloads#/definitions/${schema.name}` });
    this.compiled.set(schema, validate);
    return validate;
  }
}

const bound = (meta: { constraints: unknown[] }): number => Number(meta.constraints[0]);

/** JSON Schemas of all declared payload classes by class name; also the schemas of the OpenAPI and AsyncAPI documents. */
export function payloadSchemas(refPointerPrefix: string): Record<string, JsonSchema> {
  const schemas = validationMetadatasToSchemas({
    classTransformerMetadataStorage: defaultMetadataStorage,
    refPointerPrefix,
    // The library's own say `type: number` beside the bound and so undo the `type: integer` of IsInt.
    additionalConverters: {
      [MIN]: (meta) => ({ minimum: bound(meta) }),
      [MAX]: (meta) => ({ maximum: bound(meta) }),
    },
  }) as Record<string, JsonSchema>;
  for (const schema of Object.values(schemas)) schema['additionalProperties'] = false;
  schemas['NoFields'] ??= { type: 'object', properties: {}, additionalProperties: false };
  return schemas;
}

function describe(error: ErrorObject): { field: string; problem: string } {
  const parent = error.instancePath.slice(1).replaceAll('/', '.');
  const missing: unknown = error.params['missingProperty'];
  if (typeof missing === 'string') return { field: join(parent, missing), problem: 'is required' };
  const extra: unknown = error.params['additionalProperty'];
  if (typeof extra === 'string')
    return { field: join(parent, extra.slice(0, 40)), problem: 'is not a field of this request' };
  return { field: parent || 'request', problem: error.message ?? 'is not valid' };
}

const join = (parent: string, field: string): string => (parent ? `${parent}.${field}` : field);
