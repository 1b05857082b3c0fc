import { useI18n } from 'vue-i18n';
import { AshwireError } from '../../sdk/ashwire-error.js';
import { useNotices } from './stores/notices.store.js';

/** Every error has its sentence: `errors.<CODE>` says what happened and what to do. */
export function useFailure() {
  const i18n = useI18n();
  const notices = useNotices();

  function sentence(thrown: unknown): string {
    const { code, message, retryAfterMs } = AshwireError.from(thrown);
    const key = `errors.${code}`;
    const said = i18n.te(key) ? i18n.t(key) : message;
    return retryAfterMs > 0
      ? `${said} ${i18n.t('common.tryInSeconds', { seconds: Math.ceil(retryAfterMs / 1_000) })}`
      : said;
  }

  /** Runs what a person asked for; a failure becomes a notice. Resolves to undefined then. */
  async function attempt<T>(action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await action();
    } catch (error) {
      notices.show('error', sentence(error));
      return undefined;
    }
  }

  return { sentence, attempt };
}
