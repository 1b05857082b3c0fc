import { describe, expect, it } from '@jest/globals';
import type { Challenge } from '../../../protocol/signing.js';
import { ManualClock } from '../../../shared/clock.js';
import { randomId } from '../spec/test-person.js';
import type { ChallengeStore } from './challenge.store.port.js';

export function describeChallengeStoreContract(create: (clock: ManualClock) => ChallengeStore): void {
  const put = async (lifeMs = 1_000) => {
    const clock = new ManualClock();
    const store = create(clock);
    const challenge: Challenge = {
      ...{ challengeId: randomId(), nonce: 'n', server: 's', account: 'alice', purpose: 'login' },
      expiresAt: clock.now() + lifeMs,
    };
    await store.put(challenge);
    return { clock, store, challenge };
  };

  describe('ChallengeStore', () => {
    it('gives a challenge to one of many that take it at once', async () => {
      const { store, challenge } = await put();
      const taken = await Promise.all(Array.from({ length: 20 }, () => store.take(challenge.challengeId)));
      expect(taken.filter((each) => each !== null)).toEqual([challenge]);
    });

    it('has nothing after the expiry, nor what it never had', async () => {
      const { clock, store, challenge } = await put();
      clock.advance(1_000);
      expect(await store.take(challenge.challengeId)).toBeNull();
      expect(await store.take(randomId())).toBeNull();
    });
  });
}
