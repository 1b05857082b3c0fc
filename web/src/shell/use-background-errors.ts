import { AshwireError } from '../../../sdk/ashwire-error.js';
import { useNotices } from '../stores/notices.store.js';
import { useSession } from '../stores/session.store.js';
import { useFailure } from '../use-failure.js';

/**
 * What went wrong while no call was waiting for it. What the client tries again by itself needs no words; refused payments get
 * their own (`useMoneyNews`).
 */
export function useBackgroundErrors(): void {
  const { sentence } = useFailure();
  const notices = useNotices();
  useSession().on('error', ({ code, message, details, retryable }) => {
    if (!retryable && details['orderId'] === undefined)
      notices.show('error', sentence(new AshwireError(code, details, { message })));
  });
}
