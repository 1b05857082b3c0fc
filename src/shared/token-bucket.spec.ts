import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TokenBucket } from './token-bucket.js';

describe('TokenBucket', () => {
  it('gives the burst at once, then says how long to wait', () => {
    const bucket = new TokenBucket({ burst: 3, perSecond: 2 }, 0);
    expect([bucket.take(0), bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([0, 0, 0, 500]);
    expect(bucket.take(500)).toBe(0);
    expect(bucket.take(500)).toBe(500);
  });

  it('never gives more than burst plus the refill of the time that passed, also when the clock steps back', () => {
    const steps = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (deltas) => {
        const bucket = new TokenBucket({ burst: 5, perSecond: 10 }, 0);
        let now = 0;
        let forward = 0;
        let taken = 0;
        for (const delta of deltas) {
          now += delta;
          forward += Math.max(0, delta);
          if (bucket.take(now) === 0) taken += 1;
        }
        return taken <= 5 + (forward * 10) / 1_000;
      }),
    );
  });
});
