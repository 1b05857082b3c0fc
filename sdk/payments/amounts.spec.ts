import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LIMITS } from '../../src/protocol/limits.js';
import { formatAmount, isAmount, parseAmount } from './amounts.js';

const refused = expect.objectContaining({ code: 'BAD_REQUEST' });

describe('amounts', () => {
  it.each([
    [888, 2, '8.88'],
    [0, 2, '0.00'],
    [5, 2, '0.05'],
    [100, 2, '1.00'],
    [-1, 2, '-0.01'],
    [-123456, 2, '-1234.56'],
    [7, 0, '7'],
    [7, 4, '0.0007'],
    [LIMITS.paymentAmount, 2, '10000000000.00'],
    [Number.MAX_SAFE_INTEGER, 2, '90071992547409.91'],
  ])('shows %d with %d decimals as %s', (amount, decimals, text) => {
    expect(formatAmount(amount, decimals)).toBe(text);
  });

  it.each([1.5, NaN, Infinity, 2 ** 53, '8' as unknown as number])('shows no %p', (amount) => {
    expect(() => formatAmount(amount, 2)).toThrow(refused);
  });

  it.each([
    ['8.88', 2, 888],
    ['8.8', 2, 880],
    ['8', 2, 800],
    ['0', 2, 0],
    ['0.01', 2, 1],
    ['12', 0, 12],
    ['0.0001', 4, 1],
    ['90071992547409.91', 2, Number.MAX_SAFE_INTEGER],
  ])('reads %s with %d decimals as %d', (text, decimals, amount) => {
    expect(parseAmount(text, decimals)).toBe(amount);
  });

  it.each([
    ...['', ' ', '.', '.5', '5.', '-1', '+1', '1,5', '1,000', '1 000', '1_000', '01', '00', '1e3', '1E3', '0x10'],
    ...['NaN', 'Infinity', ' 8', '8 ', '8\n', '8.888', '8.8.8', '8.-8', '\u0668', '\uff18', '¥8', '8¥', '1n', 'null'],
    ...['90071992547409.92', '99999999999999999999'],
  ])('does not read %p', (text) => {
    expect(() => parseAmount(text, 2)).toThrow(refused);
  });

  it.each([8.88, undefined, null, {}, ['8']])('does not read the value %p', (value) => {
    expect(() => parseAmount(value as string, 2)).toThrow(refused);
  });

  it.each([-1, 5, 1.5, NaN])('knows no currency with %p decimals', (decimals) => {
    expect(() => parseAmount('1', decimals)).toThrow(refused);
    expect(() => formatAmount(1, decimals)).toThrow(refused);
  });

  it('reads what it shows', () => {
    const anAmount = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(anAmount, fc.integer({ min: 0, max: 4 }), (amount, decimals) => {
        expect(parseAmount(formatAmount(amount, decimals), decimals)).toBe(amount);
      }),
    );
  });

  it('reads nothing but what is written as it would be shown', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.double().map(String)), (text) => {
        let amount: number;
        try {
          amount = parseAmount(text, 2);
        } catch {
          return;
        }
        const [whole = '', fraction = ''] = text.split('.');
        expect(formatAmount(amount, 2)).toBe(`${whole}.${fraction.padEnd(2, '0')}`);
      }),
    );
  });

  it.each([0, -1, 1.5, NaN, Infinity, LIMITS.paymentAmount + 1, '5', null, undefined])('orders no %p', (amount) => {
    expect(isAmount(amount)).toBe(false);
  });

  it('orders from one unit to the limit', () => {
    expect([1, LIMITS.paymentAmount].every(isAmount)).toBe(true);
  });
});
