import { watch } from 'vue';
import { useI18n } from 'vue-i18n';
import { AshwireError } from '../../../../sdk/ashwire-error.js';
import type { PaymentOrderView } from '../../../../sdk/index.js';
import { type RefusedPayment, useMoney } from '../../stores/money.store.js';
import { useNotices } from '../../stores/notices.store.js';
import { usePeople } from '../../stores/people.store.js';
import { useSession } from '../../stores/session.store.js';
import { useRefusal } from './use-refusal.js';
import { useWriting } from './use-writing.js';

/** Tells on every screen how own red packets end, and which payments that had waited for an answer were refused. */
export function useMoneyNews(): void {
  const { t } = useI18n();
  const [session, money, people, notices] = [useSession(), useMoney(), usePeople(), useNotices()];
  const { amountOf } = useWriting();
  const { refusalOf } = useRefusal();

  function nameOf(userId: string): string {
    const friend = people.friends.get(userId);
    return friend ? people.nameOf(friend) : t('money.somebody');
  }

  async function tellEnding({ kind, state, payerId, payeeId, amount }: PaymentOrderView): Promise<void> {
    if (kind !== 'red-packet' || payerId !== session.ownId) return;
    await money.loadTerms();
    const ending = state === 'posted' ? 'packetClaimed' : 'packetReturned';
    notices.show('info', t(`money.news.${ending}`, { name: nameOf(payeeId), amount: amountOf(amount) }));
  }

  /** Of what another tab has begun it is not known here whom it was for. */
  function tellRefusal({ failure: { code, details, message }, payment }: RefusedPayment): void {
    const why = refusalOf(new AshwireError(code, details, { message }));
    const what = payment
      ? t('money.news.refusedTo', { name: nameOf(payment.payeeId), amount: amountOf(payment.amount) })
      : t('money.news.refused');
    notices.show('error', `${what} ${why}`);
  }

  // Two may come in the same tick.
  const flush = 'sync';
  watch(
    () => money.settled,
    (order) => order && void tellEnding(order).catch(() => undefined),
    { flush },
  );
  watch(
    () => money.refused,
    (refused) => refused && tellRefusal(refused),
    { flush },
  );
}
