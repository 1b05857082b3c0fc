import { afterAll, describe, expect, it } from '@jest/globals';
import { eventually, RedisServers } from '../../../../test/rig/redis-servers.js';
import { useRedis } from '../../../../test/rig/use-redis.js';
import type { RedisConnections } from '../../../platform/redis/redis-connections.js';
import { InProcessSignals } from '../../../platform/signals/adapters/in-process-signals.js';
import { ManualClock } from '../../../shared/clock.js';
import { describeSessionRevocationsContract } from '../ports/session-revocations.contract.js';
import { RedisSessionRevocations } from './redis-session-revocations.js';

const redis = useRedis();
const opened: RedisSessionRevocations[] = [];
afterAll(() => opened.forEach((each) => each.onApplicationShutdown()));

/** Alone without signals of others, so that it has to ask. */
const node = (
  connections: RedisConnections,
  clock = new ManualClock(),
  signals = new InProcessSignals(),
): RedisSessionRevocations => {
  const revocations = new RedisSessionRevocations(connections, clock, 1_000, signals);
  opened.push(revocations);
  return revocations;
};

describeSessionRevocationsContract((clock) => node(redis(), clock));

describe('RedisSessionRevocations', () => {
  it('holds on every node within two seconds, also on one that starts later', async () => {
    const shared = redis();
    const [one, two] = [node(shared), node(shared)];
    expect(await two.find('s')).toBeNull();
    await one.revoke('s', 'SESSION_REVOKED');
    expect(await node(shared).find('s')).toBe('SESSION_REVOKED');
    await eventually(async () => expect(await two.find('s')).toBe('SESSION_REVOKED'), 2_000);
  });

  it('holds at once on a node that hears the signal', async () => {
    const [shared, signals] = [redis(), new InProcessSignals()];
    const [one, two] = [node(shared, undefined, signals), node(shared, undefined, signals)];
    expect(await two.find('s')).toBeNull();
    const revoked = one.revoke('s', 'DEVICE_REPLACED');
    expect(await Promise.all([one.find('s'), two.find('s')])).toEqual(['DEVICE_REPLACED', 'DEVICE_REPLACED']);
    await revoked;
  });

  it('lets nobody in that it cannot ask about for five seconds, and tells Redis later what it could not', async () => {
    const servers = await RedisServers.single();
    try {
      const one = node(await servers.connect('shared:'));
      const two = node(await servers.connect('shared:'));
      for (const each of [one, two]) expect(await each.find('s')).toBeNull();
      await servers.redis[0]?.kill();
      await one.revoke('s', 'DEVICE_REPLACED');
      expect(await one.find('s')).toBe('DEVICE_REPLACED');
      await eventually(() => expect(two.find('s')).rejects.toMatchObject({ code: 'UNAVAILABLE' }), 5_000);
      servers.redis[0]?.start();
      await eventually(async () => expect(await two.find('s')).toBe('DEVICE_REPLACED'));
    } finally {
      await servers.close();
    }
  });

  it('forgets in Redis what no access token can name any more', async () => {
    const shared = redis();
    await node(shared).revoke('s', 'SESSION_REVOKED');
    expect(await shared.commands.run('PTTL', `${shared.namespace}revocations`)).toBeGreaterThan(0);
  });
});
