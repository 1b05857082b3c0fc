import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { eventually, RedisServers } from '../../../test/rig/redis-servers.js';
import { CommandBatch } from './command-batch.js';
import type { RedisConnections } from './redis-connections.js';
import { RedisScript } from './redis-script.js';

let servers: RedisServers;
let redis: RedisConnections;
beforeAll(async () => {
  servers = await RedisServers.single();
  redis = await servers.connect('batch:');
});
afterAll(() => servers.close());

const countOf = (section: string, what: RegExp): number => {
  const [server] = servers.redis;
  return Number((server && what.exec(servers.ask(server, 'info', section)))?.[1] ?? 0);
};
const callsOf = (command: string): number => countOf('commandstats', new RegExp(`cmdstat_${command}:calls=(\\d+)`));
/** How often the server has read from a connection. */
const readsOf = (): number => countOf('stats', /total_reads_processed:(\d+)/);

describe('CommandBatch', () => {
  it('answers in order, and sends a script that the server has lost', async () => {
    const script = new RedisScript('return { KEYS[1], ARGV[1] }');
    const run = (n: number) => redis.commands.script(script, ['key'], [n]);
    expect(await Promise.all([run(1), redis.commands.run('ECHO', 'two'), run(3)])).toEqual([
      ['key', '1'],
      'two',
      ['key', '3'],
    ]);
    await redis.commands.run('SCRIPT', 'FLUSH');
    expect(await run(4)).toEqual(['key', '4']);
  });

  it('waits once for the replicas of all that one turn writes, and acknowledges nothing that they do not have', async () => {
    const batch = new CommandBatch(redis.open(), 1);
    await eventually(() => redis.ping());
    const before = callsOf('wait');
    const writes = Array.from({ length: 100 }, (_, n) => batch.run('SET', `batch:${n}`, n));
    const results = await Promise.allSettled(writes);
    expect(callsOf('wait') - before).toBe(1);
    expect(results.every((result) => result.status === 'rejected')).toBe(true);
    expect(await redis.commands.run('GET', 'batch:99')).toBe('99');
  });

  it('lets what is asked shortly after each other go together, when that is a lot', async () => {
    const [before, startedAt] = [readsOf(), performance.now()];
    const asked: Promise<unknown>[] = [];
    while (performance.now() - startedAt < 300) {
      asked.push(redis.commands.run('PING'));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(asked);
    const exchanges = readsOf() - before;
    expect(exchanges).toBeLessThanOrEqual((performance.now() - startedAt) / 2 + 10);
    expect(asked.length).toBeGreaterThan(3 * exchanges);
  });

  it('refuses as UNAVAILABLE and repeats nothing of what it was given', async () => {
    const broken = new RedisScript(`return redis.call('INCR', KEYS[1])`);
    await redis.commands.run('SET', 'batch:text', 'canary');
    const attempts = [
      () => redis.commands.script(broken, ['batch:text'], ['canary']),
      () => redis.commands.run('NO', 'canary'),
    ];
    for (const attempt of attempts) {
      const error: unknown = await attempt().catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'UNAVAILABLE' });
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('canary');
    }
  });

  it('is bounded while Redis says nothing, gives up on it, and works again by itself', async () => {
    const [server] = servers.redis;
    server?.signal('SIGSTOP');
    try {
      const held = Array.from({ length: 25_000 }, () => redis.commands.run('PING').catch((error: unknown) => error));
      const startedAt = Date.now();
      expect(await held.at(-1)).toMatchObject({ code: 'UNAVAILABLE' });
      expect(Date.now() - startedAt).toBeLessThan(500);
      expect(new Set((await Promise.all(held)).map((error) => (error as { code: string }).code))).toEqual(
        new Set(['UNAVAILABLE']),
      );
      expect(Date.now() - startedAt).toBeLessThan(6_000);
      await expect(redis.ping()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    } finally {
      server?.signal('SIGCONT');
    }
    await eventually(() => redis.ping());
  });
});
