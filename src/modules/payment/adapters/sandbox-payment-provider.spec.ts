import { describe, expect, it } from '@jest/globals';
import { DomainError } from '../../../shared/domain-error.js';
import { describePaymentProviderContract } from '../ports/payment-provider.contract.js';
import { SandboxPaymentProvider } from './sandbox-payment-provider.js';

describePaymentProviderContract(() =>
  Promise.resolve({ provider: new SandboxPaymentProvider(), close: () => Promise.resolve() }),
);

describe('SandboxPaymentProvider', () => {
  it('settles at once and is never called back', async () => {
    const provider = new SandboxPaymentProvider();
    expect(await provider.startTopUp()).toEqual({ settled: true });
    expect(await provider.startWithdrawal()).toEqual({ settled: true });
    expect(() => provider.authenticate()).toThrow(new DomainError('NOT_FOUND'));
  });
});
