import { describe, expect, it } from '@jest/globals';
import { PaymentOrderRequest, StatementQuery } from '../../protocol/payloads/payment.payloads.js';
import type { DomainError } from '../../shared/domain-error.js';
import { PayloadValidators } from '../validation/payload-validator.js';
import { PayloadPipe } from './payload.pipe.js';

describe('PayloadPipe', () => {
  const pipe = new PayloadPipe(new PayloadValidators());
  const query = (value: unknown): unknown => pipe.transform(value, { type: 'query', metatype: StatementQuery });
  const refusal = (work: () => unknown): unknown => {
    try {
      return work();
    } catch (error) {
      return (error as DomainError).code;
    }
  };

  it('passes queries of their class', () => {
    for (const value of [{}, { limit: '1' }, { limit: '100', cursor: '17' }]) expect(query(value)).toEqual(value);
  });

  it.each([
    { limit: '0' },
    { limit: '101' },
    { limit: '1e1' },
    { limit: ['1', '2'] },
    { cursor: '-1' },
    { cursor: '' },
    { cursor: { gt: '' } },
    { more: 'x' },
    JSON.parse('{"__proto__":{"limit":"1"}}') as object,
  ])('refuses the query %j', (value) => {
    expect(refusal(() => query(value))).toBe('BAD_REQUEST');
  });

  it('refuses bodies that are not of their class, and finds nothing by what is not an id', () => {
    const body = { type: 'body', metatype: PaymentOrderRequest } as const;
    expect(refusal(() => pipe.transform({}, body))).toBe('BAD_REQUEST');
    const id = { type: 'param', metatype: String } as const;
    expect(refusal(() => pipe.transform('x', id))).toBe('NOT_FOUND');
  });
});
