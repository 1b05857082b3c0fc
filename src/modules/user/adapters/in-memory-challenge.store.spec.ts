import { expect, it } from '@jest/globals';
import { ManualClock } from '../../../shared/clock.js';
import { DECOY_CHALLENGE } from '../domain/decoy.js';
import { describeChallengeStoreContract } from '../ports/challenge.store.contract.js';
import { InMemoryChallengeStore } from './in-memory-challenge.store.js';

describeChallengeStoreContract((clock) => new InMemoryChallengeStore(clock));

it('forgets the oldest when too many wait', async () => {
  const clock = new ManualClock();
  const store = new InMemoryChallengeStore(clock, 2);
  for (const challengeId of ['a', 'b', 'c']) {
    await store.put({ ...DECOY_CHALLENGE, challengeId, expiresAt: clock.now() + 1 });
  }
  expect(await store.take('a')).toBeNull();
  expect(await store.take('b')).not.toBeNull();
  expect(await store.take('c')).not.toBeNull();
});
