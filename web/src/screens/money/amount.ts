import { formatAmount, parseAmount } from '../../../../sdk/payments/amounts.js';

/** How a server's amounts are written. */
export interface Currency {
  readonly currency: string;
  readonly decimals: number;
}

export interface AmountStyle {
  readonly locale: string;
  /** With the currency's name, as it is read out: a screen reader spells a symbol. */
  readonly spoken?: boolean;
  /** With a plus for what came in. */
  readonly signed?: boolean;
}

/** From the SDK's text, not from a division: floats are for no money. */
export function amountText(amount: number, { currency, decimals }: Currency, style: AmountStyle): string {
  const { locale, spoken = false, signed = false } = style;
  const format = formatOf(locale, {
    style: 'currency',
    currency,
    currencyDisplay: spoken ? 'name' : 'symbol',
    signDisplay: signed ? 'exceptZero' : 'auto',
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return format.format(formatAmount(amount, decimals) as `${number}`);
}

/** They are dear to make. */
const formats = new Map<string, Intl.NumberFormat>();

function formatOf(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const format = formats.get(key) ?? new Intl.NumberFormat(locale, options);
  formats.set(key, format);
  return format;
}

export interface AmountRules {
  readonly decimals: number;
  /** Most that one order may move. */
  readonly max: number;
  /** What there is to spend; absent where nothing is spent, or while it is not known. */
  readonly available?: number | undefined;
}

export type AmountProblem = 'malformed' | 'zero' | 'limit' | 'balance';
export type ReadAmount =
  { readonly kind: 'empty' } | { readonly kind: 'amount'; readonly amount: number } | { readonly kind: AmountProblem };

/** What a person has written, also with full-width digits. */
export function readAmount(written: string, { decimals, max, available = Infinity }: AmountRules): ReadAmount {
  const text = written.normalize('NFKC').replace('。', '.').trim();
  if (text === '') return { kind: 'empty' };
  const amount = parsed(text, decimals);
  if (amount === undefined) return { kind: 'malformed' };
  if (amount === 0) return { kind: 'zero' };
  if (amount > max) return { kind: 'limit' };
  return amount > available ? { kind: 'balance' } : { kind: 'amount', amount };
}

function parsed(text: string, decimals: number): number | undefined {
  try {
    return parseAmount(text, decimals);
  } catch {
    return undefined;
  }
}
