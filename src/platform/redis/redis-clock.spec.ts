import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RedisServers } from '../../../test/rig/redis-servers.js';
import { agreed, RedisClock } from './redis-clock.js';
import type { RedisConnections } from './redis-connections.js';

let servers: RedisServers;
let redis: RedisConnections;
beforeAll(async () => {
  servers = await RedisServers.single();
  redis = await servers.connect();
});
afterAll(() => servers.close());

const off = (clock: RedisClock): number => Math.abs(clock.now() - Date.now());

describe('RedisClock', () => {
  it.each([120_000, -120_000, 0])('is right on a machine that is %d ms off', async (skew) => {
    const clock = new RedisClock(redis, () => Date.now() + skew);
    if (skew !== 0) expect(off(clock)).toBeGreaterThan(100_000);
    await clock.onApplicationBootstrap();
    expect(off(clock)).toBeLessThan(1_000);
    clock.onApplicationShutdown();
  });

  it('goes on while Redis says nothing', async () => {
    const clock = new RedisClock(redis);
    await clock.onApplicationBootstrap();
    servers.redis[0]?.signal('SIGSTOP');
    const before = clock.now();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(clock.now() - before).toBeGreaterThanOrEqual(1_499);
    expect(off(clock)).toBeLessThan(1_000);
    servers.redis[0]?.signal('SIGCONT');
    clock.onApplicationShutdown();
  });

  it('lets no answer move it that agrees with it, however slow, and is never off by more than an answer took', () => {
    const time = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(time, time, time, time, fc.boolean(), (askedAt, there, back, truth, isRight) => {
        const reading = { askedAt, answeredAt: askedAt + there + back, time: askedAt + there + truth };
        const offset = agreed(isRight ? truth : truth + 1e7, reading);
        expect(Math.abs(offset - truth)).toBeLessThanOrEqual(isRight ? 1e-6 : there + back + 1e-6);
      }),
    );
  });
});
