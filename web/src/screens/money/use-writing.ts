import { useI18n } from 'vue-i18n';
import { useMoney } from '../../stores/money.store.js';
import { type AmountStyle, amountText, type Currency } from './amount.js';

/** Amounts and times as this person reads them. */
export function useWriting() {
  const { locale } = useI18n();
  const money = useMoney();

  /** '…' while it is not known how the server writes its amounts. */
  function amountOf(amount: number, style: Omit<AmountStyle, 'locale'> & Partial<Currency> = {}): string {
    const { terms } = money;
    if (!terms) return '…';
    const { currency = terms.currency, ...rest } = style;
    return amountText(amount, { currency, decimals: terms.decimals }, { locale: locale.value, ...rest });
  }

  const moment = (time: number): string =>
    new Intl.DateTimeFormat(locale.value, { dateStyle: 'medium', timeStyle: 'short' }).format(time);

  /** Within the next days. */
  const soon = (time: number): string =>
    new Intl.DateTimeFormat(locale.value, { weekday: 'short', hour: 'numeric', minute: '2-digit' }).format(time);

  return { amountOf, moment, soon };
}
