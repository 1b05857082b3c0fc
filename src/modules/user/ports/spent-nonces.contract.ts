import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../../shared/clock.js';
import type { SpentNonces } from './spent-nonces.port.js';

export function describeSpentNoncesContract(create: (clock: ManualClock) => SpentNonces): void {
  describe('SpentNonces', () => {
    it('lets one of many spend a nonce', async () => {
      const clock = new ManualClock();
      const nonces = create(clock);
      const results = await Promise.all(Array.from({ length: 20 }, () => nonces.spend('a', clock.now() + 10)));
      expect(results.filter(Boolean)).toHaveLength(1);
      expect(await nonces.spend('b', clock.now() + 10)).toBe(true);
    });

    it('remembers it until it expires, and takes none that has', async () => {
      const clock = new ManualClock();
      const nonces = create(clock);
      const expiresAt = clock.now() + 10;
      await nonces.spend('a', expiresAt);
      clock.advance(9);
      expect(await nonces.spend('a', expiresAt)).toBe(false);
      clock.advance(1);
      expect(await nonces.spend('a', expiresAt)).toBe(false);
    });
  });
}
