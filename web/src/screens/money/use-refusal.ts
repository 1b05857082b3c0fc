import { useI18n } from 'vue-i18n';
import { AshwireError } from '../../../../sdk/ashwire-error.js';
import { useFailure } from '../../use-failure.js';
import { fundingFailure } from './funding-failure.js';
import { useWriting } from './use-writing.js';

/** Where in an error's details the server says how much would be allowed. */
const ALLOWED: Readonly<Record<string, string>> = { PAYMENT_LIMIT: 'max', PAYMENT_DAY_LIMIT: 'left' };
/** Their own sentences say that nothing was moved. */
const SAY_SO: readonly string[] = ['INSUFFICIENT_FUNDS', 'PROVIDER_UNAVAILABLE'];

/** Why money was not moved, or what else has become of it. */
export function useRefusal() {
  const { t } = useI18n();
  const { sentence } = useFailure();
  const { amountOf } = useWriting();

  /** Of an error after which it is certain that nothing was moved. */
  function refusalOf(error: unknown): string {
    const { code, details } = AshwireError.from(error);
    const key = ALLOWED[code] ?? '';
    const allowed = details[key];
    const numbers = typeof allowed === 'number' ? [t(`money.allowed.${key}`, { amount: amountOf(allowed) })] : [];
    const ending = SAY_SO.includes(code) ? [] : [t('money.nothingMoved')];
    return [sentence(error), ...numbers, ...ending].join(' ');
  }

  function fundingSentence(error: unknown): string {
    const failure = fundingFailure(AshwireError.from(error));
    return failure === 'refused' ? refusalOf(error) : t(`money.funding.${failure}`);
  }

  return { refusalOf, fundingSentence };
}
