import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, RedisServers } from '../../../../test/rig/redis-servers.js';
import { RandomIds } from '../../../shared/ids.js';
import { InProcessSignals } from '../../signals/adapters/in-process-signals.js';
import type { RedisConnections } from '../../redis/redis-connections.js';
import { describePresenceContract } from '../presence.contract.js';
import { WHEREABOUTS } from '../presence.port.js';
import { RedisPresence } from './redis-presence.js';

let servers: RedisServers;
let redis: RedisConnections;
const opened: RedisPresence[] = [];
const node = (lifeMs?: number, nodeId = new RandomIds().next(), signals = new InProcessSignals()): RedisPresence => {
  const presence = new RedisPresence(redis, nodeId, signals, lifeMs);
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

  it('knows the nodes of a user, and signals the first and last connection on each', async () => {
    const signals = new InProcessSignals();
    const heard: string[] = [];
    signals.on(WHEREABOUTS, (userId) => heard.push(userId));
    const [one, two] = [node(undefined, 'one', signals), node(undefined, 'two', signals)];
    expect(await one.nodesOf(['u5', 'u6'])).toEqual(
      new Map([
        ['u5', []],
        ['u6', []],
      ]),
    );
    await Promise.all([one.connected('u5', 'a'), one.connected('u5', 'b'), two.connected('u5', 'c')]);
    expect((await two.nodesOf(['u5'])).get('u5')?.toSorted()).toEqual(['one', 'two']);
    expect(heard).toEqual(['u5', 'u5']);
    await one.disconnected('u5', 'a');
    expect(heard).toHaveLength(2);
    await one.disconnected('u5', 'b');
    expect(heard).toHaveLength(3);
    expect((await two.nodesOf(['u5'])).get('u5')).toEqual(['two']);
  });

  it('signals what a Redis had lost, after a gap at once', async () => {
    const signals = new (class extends InProcessSignals {
      lose(): void {
        this.missed();
      }
    })();
    const presence = node(undefined, 'one', signals);
    await presence.connected('u7', 'a');
    const heard: string[] = [];
    signals.on(WHEREABOUTS, (userId) => heard.push(userId));
    signals.lose();
    await redis.commands.run('PING');
    await redis.commands.run('DEL', `${redis.namespace}presence:u7`);
    signals.lose();
    await eventually(async () => expect(await presence.listOnline(['u7'])).toEqual(['u7']));
    expect(heard).toEqual(['u7']);
  });
});
