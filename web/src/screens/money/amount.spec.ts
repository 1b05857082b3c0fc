import { describe, expect, it } from '@jest/globals';
import { amountText, readAmount } from './amount.js';

const CNY = { currency: 'CNY', decimals: 2 };
const RULES = { decimals: 2, max: 2_000_000 };

describe('amountText', () => {
  it.each([
    [888, 'zh-CN', '¥8.88'],
    [888, 'en', 'CN¥8.88'],
    [1_234_567, 'en', 'CN¥12,345.67'],
    [5, 'en', 'CN¥0.05'],
    // A float of it would end in .00.
    [9_007_199_254_740_991, 'en', 'CN¥90,071,992,547,409.91'],
  ])('shows %i in %s', (amount, locale, text) => {
    expect(amountText(amount, CNY, { locale })).toBe(text);
  });

  it.each([
    [888, 'en', '8.88 Chinese yuan'],
    [888, 'zh-CN', '8.88人民币'],
  ])('names the currency to be read out, %i in %s', (amount, locale, text) => {
    expect(amountText(amount, CNY, { locale, spoken: true })).toBe(text);
  });

  it('shows as many decimals as the server says, whatever is usual for the currency', () => {
    expect(amountText(888, { currency: 'CNY', decimals: 0 }, { locale: 'zh-CN' })).toBe('¥888');
    expect(amountText(888, { currency: 'JPY', decimals: 4 }, { locale: 'en' })).toBe('¥0.0888');
  });

  it('tells what came in from what went out', () => {
    expect(amountText(888, CNY, { locale: 'zh-CN', signed: true })).toBe('+¥8.88');
    expect(amountText(-888, CNY, { locale: 'zh-CN', signed: true })).toBe('-¥8.88');
  });
});

describe('readAmount', () => {
  it.each([
    ['8.88', 888],
    [' 8.8 ', 880],
    ['100', 10_000],
    ['８．８８', 888],
    ['８。８８', 888],
  ])('reads %j', (text, amount) => {
    expect(readAmount(text, RULES)).toEqual({ kind: 'amount', amount });
  });

  it.each(['8.888', '1,000', '-1', '1e3', 'eight', '08', '.5', '5.', '99999999999999999'])('refuses %j', (text) => {
    expect(readAmount(text, RULES)).toEqual({ kind: 'malformed' });
  });

  it('says nothing while nothing is written', () => {
    expect(readAmount('  ', RULES)).toEqual({ kind: 'empty' });
  });

  it('says what speaks against an amount', () => {
    expect(readAmount('0.00', RULES)).toEqual({ kind: 'zero' });
    expect(readAmount('20000.01', RULES)).toEqual({ kind: 'limit' });
    expect(readAmount('10.01', { ...RULES, available: 1_000 })).toEqual({ kind: 'balance' });
    expect(readAmount('10', { ...RULES, available: 1_000 })).toEqual({ kind: 'amount', amount: 1_000 });
  });
});
