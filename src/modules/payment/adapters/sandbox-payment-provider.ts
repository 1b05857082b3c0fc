import { DomainError } from '../../../shared/domain-error.js';
import { PaymentProvider, type StartedTopUp, type StartedWithdrawal } from '../ports/payment-provider.port.js';

/** Test money: everything is paid at once, from nowhere and to nowhere. */
export class SandboxPaymentProvider extends PaymentProvider {
  startTopUp(): Promise<StartedTopUp> {
    return Promise.resolve({ settled: true });
  }

  startWithdrawal(): Promise<StartedWithdrawal> {
    return Promise.resolve({ settled: true });
  }

  authenticate(): string {
    throw new DomainError('NOT_FOUND');
  }
}
