import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { publishesOf, refusePublishing, NodeOnRedis } from '../../../../test/rig/node-on-redis.js';
import { eventually, inNamespaceOfItsOwn, RedisServers } from '../../../../test/rig/redis-servers.js';
import { describeSignalsContract } from '../signals.contract.js';

let servers: RedisServers;
beforeAll(async () => {
  servers = await RedisServers.single();
});
afterAll(() => servers.close());

describeSignalsContract(async () => {
  const redis = inNamespaceOfItsOwn(await servers.connect());
  const [one, other] = [await NodeOnRedis.start(redis), await NodeOnRedis.start(redis)];
  return {
    one: one.signals,
    other: other.signals,
    close: async () => {
      await Promise.all([one.close(), other.close()]);
    },
  };
});

describe('RedisSignals', () => {
  it('sends what one turn has to say as one message, and each key once', async () => {
    const redis = await servers.connect();
    const [one, other] = [await NodeOnRedis.start(redis), await NodeOnRedis.start(redis)];
    const seen: string[] = [];
    other.signals.on('subject', (key) => seen.push(key));
    const before = publishesOf(servers);
    for (let n = 0; n < 100; n += 1) one.signals.send('subject', `key ${n % 10}`);
    await eventually(() => Promise.resolve(expect(seen).toHaveLength(10)));
    expect(publishesOf(servers) - before).toBe(1);
    await Promise.all([one.close(), other.close()]);
  });

  it('tells of a gap on the node that could not hear, and on the others when it could not speak', async () => {
    const own = await RedisServers.single();
    const [one, other] = [
      await NodeOnRedis.start(await own.connect('s:')),
      await NodeOnRedis.start(await own.connect('s:')),
    ];
    let gaps = 0;
    other.signals.onGap(() => (gaps += 1));
    // Only the one node's writes are cut off; the other one hears on.
    refusePublishing(own, true);
    one.signals.send('subject', 'lost');
    await new Promise((resolve) => setTimeout(resolve, 300));
    refusePublishing(own, false);
    await eventually(() => Promise.resolve(expect(gaps).toBe(1)));
    const [server] = own.redis;
    if (server) own.ask(server, 'client', 'kill', 'type', 'pubsub');
    await eventually(() => Promise.resolve(expect(gaps).toBe(2)));
    const seen: string[] = [];
    other.signals.on('subject', (key) => seen.push(key));
    one.signals.send('subject', 'heard');
    await eventually(() => Promise.resolve(expect(seen).toEqual(['heard'])));
    await Promise.all([one.close(), other.close()]);
    await own.close();
  });
});
