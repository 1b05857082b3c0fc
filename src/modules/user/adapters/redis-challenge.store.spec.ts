import { expect, it } from '@jest/globals';
import { useRedis } from '../../../../test/rig/use-redis.js';
import { ManualClock } from '../../../shared/clock.js';
import { DECOY_CHALLENGE } from '../domain/decoy.js';
import { describeChallengeStoreContract } from '../ports/challenge.store.contract.js';
import { RedisChallengeStore } from './redis-challenge.store.js';

const redis = useRedis();

describeChallengeStoreContract((clock) => new RedisChallengeStore(redis(), clock));

it('gives a challenge to one of several nodes', async () => {
  const [clock, shared] = [new ManualClock(), redis()];
  const nodes = [new RedisChallengeStore(shared, clock), new RedisChallengeStore(shared, clock)];
  await nodes[0]?.put({ ...DECOY_CHALLENGE, challengeId: 'a', expiresAt: clock.now() + 1 });
  const taken = await Promise.all(nodes.map((node) => node.take('a')));
  expect(taken.filter((each) => each !== null)).toHaveLength(1);
});

it('forgets the oldest when too many wait, and every one by itself', async () => {
  const [clock, shared] = [new ManualClock(), redis()];
  const store = new RedisChallengeStore(shared, clock, 2);
  for (const challengeId of ['a', 'b', 'c']) {
    await store.put({ ...DECOY_CHALLENGE, challengeId, expiresAt: clock.now() + 1 });
  }
  expect(await store.take('a')).toBeNull();
  expect(await store.take('b')).not.toBeNull();
  for (const name of ['c', 'order']) {
    const left = await shared.commands.run('PTTL', `${shared.namespace}{challenge}:${name}`);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(60_001);
  }
});
