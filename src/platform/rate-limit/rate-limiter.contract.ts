import { beforeEach, describe, expect, it } from '@jest/globals';
import { RandomIds } from '../../shared/ids.js';
import type { RateLimiter } from './rate-limiter.port.js';

/** What every RateLimiter does. */
export function describeRateLimiterContract(create: () => Promise<RateLimiter>): void {
  describe('RateLimiter', () => {
    const limit = { points: 5, perMs: 1_000 };
    let limiter: RateLimiter;
    let scope: string;
    const consume = (subject: string) => limiter.consume(scope, subject, limit);

    beforeEach(async () => {
      limiter = await create();
      scope = new RandomIds().next();
    });

    it('lets exactly the allowed number through, also at the same time', async () => {
      const tries = await Promise.allSettled(Array.from({ length: 20 }, () => consume('one')));
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    });

    it('says how long to wait', async () => {
      for (let i = 0; i < 5; i += 1) await consume('one');
      const refusal: unknown = await consume('one').catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: 'RATE_LIMITED', details: { retryAfterMs: expect.any(Number) } });
      const { retryAfterMs } = (refusal as { details: { retryAfterMs: number } }).details;
      expect(retryAfterMs).toBeGreaterThan(0);
      expect(retryAfterMs).toBeLessThanOrEqual(1_000);
    });

    it('counts subjects and scopes apart', async () => {
      for (let i = 0; i < 5; i += 1) await consume('one');
      await expect(consume('other')).resolves.toBeUndefined();
      await expect(limiter.consume(`${scope}-2`, 'one', limit)).resolves.toBeUndefined();
    });

    it('opens again when the window is over', async () => {
      for (let i = 0; i < 5; i += 1) await consume('one');
      const waited = async (): Promise<void> => {
        for (;;) {
          try {
            return await consume('one');
          } catch (error) {
            const { retryAfterMs } = (error as { details: { retryAfterMs: number } }).details;
            await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
          }
        }
      };
      await expect(waited()).resolves.toBeUndefined();
    });
  });
}
