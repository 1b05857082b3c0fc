import { expect, it } from '@jest/globals';
import { useRedis } from '../../../../test/rig/use-redis.js';
import { ManualClock } from '../../../shared/clock.js';
import { describeSpentNoncesContract } from '../ports/spent-nonces.contract.js';
import { RedisSpentNonces } from './redis-spent-nonces.js';

const redis = useRedis();

describeSpentNoncesContract((clock) => new RedisSpentNonces(redis(), clock));

it('lets one of several nodes spend a nonce, also the one whose clock is behind', async () => {
  const [early, late, shared] = [new ManualClock(), new ManualClock(), redis()];
  late.advance(120_000);
  const expiresAt = late.now() + 1;
  expect(await new RedisSpentNonces(shared, late).spend('a', expiresAt)).toBe(true);
  expect(await new RedisSpentNonces(shared, early).spend('a', expiresAt)).toBe(false);
  expect(await shared.commands.run('PTTL', `${shared.namespace}nonce:a`)).toBeGreaterThan(120_000);
});
