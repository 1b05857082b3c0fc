import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RandomIds } from '../../../shared/ids.js';
import type { PaymentProvider } from './payment-provider.port.js';

export interface PaymentProviderRig {
  readonly provider: PaymentProvider;
  close(): Promise<void>;
}

/** What every PaymentProvider does while the provider is well. */
export function describePaymentProviderContract(create: () => Promise<PaymentProviderRig>): void {
  describe('PaymentProvider', () => {
    const ids = new RandomIds();
    let rig: PaymentProviderRig;
    beforeEach(async () => {
      rig = await create();
    });
    afterEach(() => rig.close());

    it('starts a top-up once, however often it is told to', async () => {
      const topUp = { topUpId: ids.next(), amount: 500, currency: 'CNY' };
      const [first, ...others] = await Promise.all([1, 2, 3].map(() => rig.provider.startTopUp(topUp)));
      expect(typeof first?.settled).toBe('boolean');
      for (const other of others) expect(other).toEqual(first);
      expect(await rig.provider.startTopUp(topUp)).toEqual(first);
    });

    it('starts a withdrawal once, however often it is told to', async () => {
      const withdrawal = { withdrawalId: ids.next(), amount: 500, currency: 'CNY', destination: 'account 1' };
      const [first, ...others] = await Promise.all([1, 2, 3].map(() => rig.provider.startWithdrawal(withdrawal)));
      expect(typeof first?.settled).toBe('boolean');
      for (const other of others) expect(other).toEqual(first);
    });

    it('takes no callback that nobody has signed', () => {
      const codes: unknown[] = ['CALLBACK_INVALID', 'NOT_FOUND'];
      try {
        rig.provider.authenticate({ headers: {}, body: Buffer.from('{}') });
        throw new Error('was taken');
      } catch (error) {
        expect(codes).toContain((error as { code?: unknown }).code);
      }
    });
  });
}
