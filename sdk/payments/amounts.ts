import { LIMITS } from '../../src/protocol/limits.js';
import { AshwireError } from '../ashwire-error.js';

/** As a person writes it: no sign, no exponent, no grouping, no leading zeros. */
const WRITTEN = /^(0|[1-9]\d{0,15})(?:\.(\d{1,4}))?$/;

/**
 * An amount in the smallest unit as text: `formatAmount(888, 2)` is `8.88`. Not by division: floats are for no money.
 * @throws AshwireError BAD_REQUEST for what is no integer.
 */
export function formatAmount(amount: number, decimals: number): string {
  requireDecimals(decimals);
  if (!Number.isSafeInteger(amount)) throw noAmount();
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0');
  const sign = amount < 0 ? '-' : '';
  if (decimals === 0) return sign + digits;
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/**
 * The amount in the smallest unit: `parseAmount('8.88', 2)` is `888`, and `8.8` is `880`.
 * @throws AshwireError BAD_REQUEST for anything else than digits with at most `decimals` of them behind one point.
 */
export function parseAmount(text: string, decimals: number): number {
  requireDecimals(decimals);
  const [, whole, fraction = ''] = (typeof text === 'string' && WRITTEN.exec(text)) || [];
  if (whole === undefined || fraction.length > decimals) throw noAmount();
  const amount = Number(whole + fraction.padEnd(decimals, '0'));
  if (!Number.isSafeInteger(amount)) throw noAmount();
  return amount;
}

/** What an order may name. @throws AshwireError BAD_REQUEST. */
export function requireAmount(amount: number): void {
  if (!isAmount(amount)) throw new AshwireError('BAD_REQUEST', { field: 'amount', min: 1, max: LIMITS.paymentAmount });
}

export const isAmount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= LIMITS.paymentAmount;

function requireDecimals(decimals: number): void {
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > 4) {
    throw new AshwireError('BAD_REQUEST', { field: 'decimals', min: 0, max: 4 });
  }
}

const noAmount = (): AshwireError =>
  new AshwireError('BAD_REQUEST', { field: 'amount' }, { message: 'This is not an amount of money.' });
