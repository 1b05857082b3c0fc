import type { Challenge } from '../../../protocol/signing.js';
import type { Clock } from '../../../shared/clock.js';
import { ChallengeStore } from '../ports/challenge.store.port.js';
import { ExpiringMap } from '../domain/expiring-map.js';

export class InMemoryChallengeStore extends ChallengeStore {
  private readonly challenges: ExpiringMap<Challenge>;

  constructor(clock: Clock, capacity = 100_000) {
    super();
    this.challenges = new ExpiringMap(clock, capacity);
  }

  put(challenge: Challenge): Promise<void> {
    this.challenges.set(challenge.challengeId, { ...challenge }, challenge.expiresAt);
    return Promise.resolve();
  }

  take(challengeId: string): Promise<Challenge | null> {
    return Promise.resolve(this.challenges.take(challengeId) ?? null);
  }
}
