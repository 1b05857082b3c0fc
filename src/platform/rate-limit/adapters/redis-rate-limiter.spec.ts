import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, RedisServers } from '../../../../test/rig/redis-servers.js';
import { describeRateLimiterContract } from '../rate-limiter.contract.js';
import { RedisRateLimiter } from './redis-rate-limiter.js';

let servers: RedisServers;
beforeAll(async () => {
  servers = await RedisServers.single();
});
afterAll(() => servers.close());

const limit = { points: 5, perMs: 60_000 };
const create = async (namespace?: string) => new RedisRateLimiter(await servers.connect(namespace));

describeRateLimiterContract(create);

describe('RedisRateLimiter', () => {
  it('counts for all nodes together', async () => {
    const [even, odd] = [await create('nodes:'), await create('nodes:')];
    const tries = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? even : odd).consume('s', 'one', limit));
    expect((await Promise.allSettled(tries)).filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  });

  it('lets nothing pass while Redis is away, at once, and works again when it is back', async () => {
    const limiter = await create();
    const [server] = servers.redis;
    await server?.kill();
    const startedAt = Date.now();
    await expect(limiter.consume('s', 'one', limit)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(Date.now() - startedAt).toBeLessThan(1_000);
    server?.start();
    await eventually(() => limiter.consume('s', 'one', limit));
  });
});
