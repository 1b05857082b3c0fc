import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../../shared/clock.js';
import type { SessionRevocations } from './session-revocations.port.js';

/** `create` makes one for access tokens that live 1,000 ms. */
export function describeSessionRevocationsContract(create: (clock: ManualClock) => SessionRevocations): void {
  describe('SessionRevocations', () => {
    it('tells why a session ended, for as long as its access tokens could live', async () => {
      const clock = new ManualClock();
      const revocations = create(clock);
      expect(await revocations.find('s')).toBeNull();
      await revocations.revoke('s', 'DEVICE_REPLACED');
      clock.advance(999);
      expect(await revocations.find('s')).toBe('DEVICE_REPLACED');
      expect(await revocations.find('other')).toBeNull();
    });
  });
}
