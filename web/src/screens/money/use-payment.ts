import { ref } from 'vue';
import { AshwireError } from '../../../../sdk/ashwire-error.js';
import type { Payment } from '../../../../sdk/index.js';
import { useMoney } from '../../stores/money.store.js';
import { useRefusal } from './use-refusal.js';

export type PaymentStep =
  | 'write'
  | 'confirm'
  /** The payee's key is new: a person has to make sure that it is theirs. */
  | 'newKey'
  /** No answer came. */
  | 'queued'
  | 'done';

/** One payment, from the amount to what came of it. */
export function usePayment(target: () => { readonly kind: Payment['kind']; readonly payeeId: string }) {
  const money = useMoney();
  const step = ref<PaymentStep>('write');
  const amount = ref<number>();
  const note = ref('');
  const isBusy = ref(false);
  const refusal = ref('');
  const { refusalOf } = useRefusal();

  async function pay(confirmNewKey = false): Promise<void> {
    if (isBusy.value || amount.value === undefined) return;
    isBusy.value = true;
    refusal.value = '';
    try {
      const wish = { ...target(), amount: amount.value, note: note.value.trim(), confirmNewKey };
      const { state } = await money.pay(wish);
      step.value = state === 'queued' ? 'queued' : 'done';
    } catch (error) {
      const isNewKey = AshwireError.from(error).code === 'PAYEE_KEY_RECENT';
      step.value = isNewKey ? 'newKey' : 'write';
      if (!isNewKey) refusal.value = refusalOf(error);
    } finally {
      isBusy.value = false;
    }
  }

  return { step, amount, note, isBusy, refusal, pay };
}
