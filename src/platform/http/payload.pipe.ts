import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import type { Constructor } from '../../protocol/event-schemas.js';
import { ID_PATTERN } from '../../protocol/payloads/fields.js';
import { DomainError } from '../../shared/domain-error.js';
import { PayloadValidators } from '../validation/payload-validator.js';

/** Checks bodies and queries by their declared class, and ids in paths by their pattern: what does not look like an id is not found. */
@Injectable()
export class PayloadPipe implements PipeTransform {
  constructor(private readonly validators: PayloadValidators) {}

  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if ((type === 'body' || type === 'query') && metatype) return this.validators.check(metatype as Constructor, value);
    if (type === 'param' && !(typeof value === 'string' && ID_PATTERN.test(value))) throw new DomainError('NOT_FOUND');
    return value;
  }
}
