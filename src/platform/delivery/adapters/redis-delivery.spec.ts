import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { NodeOnRedis, publishesOf, refusePublishing } from '../../../../test/rig/node-on-redis.js';
import { eventually, inNamespaceOfItsOwn, RedisServers } from '../../../../test/rig/redis-servers.js';
import { RandomIds } from '../../../shared/ids.js';
import type { RedisConnections } from '../../redis/redis-connections.js';
import { describeDeliveryContract, type ObservedClient } from '../delivery.contract.js';

let servers: RedisServers;
let redis: RedisConnections;
beforeAll(async () => {
  servers = await RedisServers.single();
  redis = await servers.connect();
});
afterAll(() => servers.close());

const ids = new RandomIds();
const twoNodes = async (): Promise<[NodeOnRedis, NodeOnRedis]> => {
  const own = inNamespaceOfItsOwn(redis);
  return [await NodeOnRedis.start(own), await NodeOnRedis.start(own)];
};
const closeAll = (nodes: readonly NodeOnRedis[]) => Promise.all(nodes.map((node) => node.close()));
const numbersOf = ({ events }: ObservedClient) =>
  events.flatMap(({ event, payload }) =>
    event === 'key-packages:low' ? [(payload as { available: number }).available] : [],
  );

describe('with the clients on its own node,', () => {
  describeDeliveryContract(async () => {
    const [one, other] = await twoNodes();
    const close = async () => void (await closeAll([one, other]));
    return { delivery: one.delivery, connect: (userId) => one.connect(userId), close };
  });
});

describe('with the clients on another node,', () => {
  describeDeliveryContract(async () => {
    const [one, other] = await twoNodes();
    const close = async () => void (await closeAll([one, other]));
    return { delivery: one.delivery, connect: (userId) => other.connect(userId), close };
  });
});

describe('with the clients spread over two nodes,', () => {
  describeDeliveryContract(async () => {
    const nodes = await twoNodes();
    let turn = 0;
    return {
      delivery: nodes[0].delivery,
      connect: (userId) => nodes[(turn = 1 - turn) as 0 | 1].connect(userId),
      close: async () => void (await closeAll(nodes)),
    };
  });
});

describe('RedisDelivery', () => {
  let one: NodeOnRedis;
  let other: NodeOnRedis;
  beforeEach(async () => {
    [one, other] = await twoNodes();
  });
  afterEach(() => closeAll([one, other]));

  const push = (userId: string, available: number): void =>
    one.delivery.toUser(userId, 'key-packages:low', { available });
  const arrives = (client: ObservedClient, numbers: readonly number[]) =>
    eventually(() => Promise.resolve(expect(numbersOf(client)).toEqual(numbers)));
  const hundred = Array.from({ length: 100 }, (_, n) => n);

  it('sends what one turn has for a node as one message, asked for or known', async () => {
    const users = Array.from({ length: 10 }, () => ids.next());
    const clients = await Promise.all(users.map((user) => other.connect(user)));
    for (const round of [1, 2]) {
      const before = publishesOf(servers);
      for (const n of hundred) push(users[n % 10] ?? '', n);
      await eventually(() => Promise.resolve(expect(clients.flatMap(numbersOf)).toHaveLength(100 * round)));
      expect(publishesOf(servers) - before).toBe(1);
    }
  });

  it('sends nothing for who is here or nowhere', async () => {
    const [here, nowhere] = [ids.next(), ids.next()];
    const client = await one.connect(here);
    const before = publishesOf(servers);
    for (const n of hundred) {
      push(here, n);
      push(nowhere, n);
    }
    await arrives(client, hundred);
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const n of hundred) push(nowhere, n);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(publishesOf(servers) - before).toBe(0);
  });

  it('reaches at once who has come from nowhere or from another node', async () => {
    const user = ids.next();
    push(user, 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const first = await other.connect(user);
    push(user, 1);
    await arrives(first, [1]);
    first.leave();
    await eventually(() => Promise.resolve(expect(other.registry.ofUser(user).size).toBe(0)));
    const here = await one.connect(user);
    push(user, 2);
    await arrives(here, [2]);
    const back = await other.connect(user);
    push(user, 3);
    await arrives(back, [3]);
    await arrives(here, [2, 3]);
  });

  it('keeps the order while it looks up where the user is, though the user moves meanwhile', async () => {
    const user = ids.next();
    const client = await other.connect(user);
    for (let n = 0; n < 300; n += 1) {
      push(user, n);
      if (n % 10 === 0) one.signals.send('whereabouts', user);
      if (n % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await arrives(
      client,
      Array.from({ length: 300 }, (_, n) => n),
    );
  });

  it('carries any text, encoded once', async () => {
    const user = ids.next();
    const client = await other.connect(user);
    const names = ['\u{1F511} schlüssel', 'a\nb\u0000', '\uD800 alone', '"]', ''];
    for (const username of names) one.delivery.toUser(user, 'device:added', { deviceId: username });
    await eventually(() => Promise.resolve(expect(client.events).toHaveLength(names.length)));
    expect(client.events.map(({ payload }) => payload)).toEqual(names.map((deviceId) => ({ deviceId })));
  });

  it('closes after the pushes before it, though these had to be looked up', async () => {
    const user = ids.next();
    const client = await other.connect(user);
    push(user, 1);
    one.delivery.closeSession(client.sessionId, 'DEVICE_REPLACED', 'stop');
    await eventually(() => Promise.resolve(expect(client.closed).toBe(true)));
    expect(client.events.map(({ event }) => event)).toEqual(['key-packages:low', 'connection:closing']);
  });

  it('survives whatever is on the channel', async () => {
    const user = ids.next();
    const client = await other.connect(user);
    const { nodeId } = other.channel;
    const channel = `${one.channel['channelOf'](nodeId)}`;
    const bodies = [
      ...[
        '',
        '\n',
        '[]',
        '[]\nrest',
        'null\n',
        '{}\n',
        `["${user}"]\n2[]`,
        `["${user}",-1]\n2[]`,
        `["${user}",1e9]\n2[]`,
      ],
      ...[`["${user}",1.5]\n2[]`, `[["${user}"],3]\n2[]`, `["${user}",3]\n41x`, `["${user}",3,"${user}",3]\n2[]`],
      ...['{"sessionId":1}', '"x"', '{"userId":"x","code":"toString","action":"stop"}', '[1]', '[['],
    ];
    for (const kind of ['pushes', 'close', 'pushes-lost', 'signals', 'signals-lost x', 'unknown', '', '__proto__']) {
      for (const body of bodies) await redis.commands.run('PUBLISH', channel, `stranger ${kind}\n${body}`);
    }
    for (const text of ['', '\n', '\u0000', 'x'.repeat(1_000_000)]) await redis.commands.run('PUBLISH', channel, text);
    push(user, 1);
    await arrives(client, [1]);
    expect(client.closed).toBe(false);
    expect(client.events).toHaveLength(1);
  });

  it('makes those come back to whom pushes were lost, and nobody else', async () => {
    const own = await RedisServers.single();
    const far = await NodeOnRedis.start(await own.connect('d:'));
    const near = await NodeOnRedis.start(await own.connect('d:'));
    const [user, stranger] = [ids.next(), ids.next()];
    const [client, untouched] = [await far.connect(user), await far.connect(stranger)];
    refusePublishing(own, true);
    near.delivery.toUser(user, 'key-packages:low', { available: 1 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([client.closed, numbersOf(client)]).toEqual([false, []]);
    refusePublishing(own, false);
    await eventually(() => Promise.resolve(expect(client.closed).toBe(true)));
    expect(client.events).toEqual([
      { event: 'connection:closing', payload: { code: 'UNAVAILABLE', action: 'reconnect' } },
    ]);
    expect(untouched.closed).toBe(false);
    await closeAll([near, far]);
    await own.close();
  });

  it('gives up what is too much while Redis says nothing, and works again by itself', async () => {
    const own = await RedisServers.single();
    const far = await NodeOnRedis.start(await own.connect('d:'));
    const near = await NodeOnRedis.start(await own.connect('d:'));
    const user = ids.next();
    await far.connect(user);
    const [server] = own.redis;
    server?.signal('SIGSTOP');
    const ciphertext = 'x'.repeat(100_000);
    for (let n = 0; n < 1_000; n += 1) {
      near.delivery.toUser(n % 2 ? user : ids.next(), 'device:added', { deviceId: ciphertext });
      if (n % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(near.delivery['bytes']).toBeLessThan(20_000_000);
    await eventually(() => Promise.resolve(expect(near.delivery['bytes']).toBe(0)));
    server?.signal('SIGCONT');
    await eventually(async () => {
      const back = await far.connect(user);
      near.delivery.toUser(user, 'key-packages:low', { available: 7 });
      await eventually(() => Promise.resolve(expect(numbersOf(back)).toEqual([7])), 500);
    });
    await closeAll([near, far]);
    await own.close();
  });
});

it('RedisDelivery follows a failover within 10 seconds, to who was there before', async () => {
  const trio = await RedisServers.trio();
  const far = await NodeOnRedis.start(await trio.connect('d:'));
  const near = await NodeOnRedis.start(await trio.connect('d:'));
  const user = ids.next();
  const client = await far.connect(user);
  const renewed = async (): Promise<void> => {
    await eventually(() => Promise.resolve(expect(client.closed).toBe(true)));
    const back = await far.connect(user);
    near.delivery.toUser(user, 'key-packages:low', { available: 1 });
    await eventually(() => Promise.resolve(expect(numbersOf(back)).toEqual([1])), 1_000);
  };
  const startedAt = Date.now();
  await trio.redis[0]?.kill();
  await eventually(renewed, 20_000);
  expect(Date.now() - startedAt).toBeLessThan(10_000);
  await closeAll([near, far]);
  await trio.close();
}, 60_000);
