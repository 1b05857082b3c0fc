import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, RedisServers } from '../../../../test/rig/redis-servers.js';
import type { RedisConnections } from '../../redis/redis-connections.js';
import { describePresenceContract } from '../presence.contract.js';
import { RedisPresence } from './redis-presence.js';

let servers: RedisServers;
let redis: RedisConnections;
const opened: RedisPresence[] = [];
const node = (lifeMs?: number): RedisPresence => {
  const presence = new RedisPresence(redis, lifeMs);
  opened.push(presence);
  return presence;
};

beforeAll(async () => {
  servers = await RedisServers.single();
  redis = await servers.connect();
});
afterAll(async () => {
  for (const presence of opened) presence.onApplicationShutdown();
  await servers.close();
});

describePresenceContract(() => Promise.resolve(node()));

describe('RedisPresence', () => {
  it('knows the connections of all nodes, and says "first" and "last" once over all of them', async () => {
    const [one, two] = [node(), node()];
    const first = await Promise.all([one.connected('u1', 'a'), two.connected('u1', 'b')]);
    expect(first.filter(Boolean)).toHaveLength(1);
    expect(await two.listOnline(['u1'])).toEqual(['u1']);
    const last = await Promise.all([one.disconnected('u1', 'a'), two.disconnected('u1', 'b')]);
    expect(last.filter(Boolean)).toHaveLength(1);
  });

  it('lets the connections of a node that died run out, and keeps those of one that lives', async () => {
    const [dead, alive] = [node(300), node(300)];
    await dead.connected('u2', 'a');
    await alive.connected('u3', 'b');
    dead.onApplicationShutdown();
    await eventually(async () => expect(await alive.listOnline(['u2', 'u3'])).toEqual(['u3']));
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await alive.listOnline(['u3'])).toEqual(['u3']);
    expect(await alive.connected('u2', 'c')).toBe(true);
    expect(await dead.disconnected('u2', 'a')).toBe(false);
  });

  it('tells it again to a Redis that has lost everything', async () => {
    const presence = node(300);
    await presence.connected('u4', 'a');
    await redis.commands.run('DEL', `${redis.namespace}presence:u4`);
    await eventually(async () => expect(await presence.listOnline(['u4'])).toEqual(['u4']));
  });
});
