import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { AshwireConfig } from '../../config/config.schema.js';
import { CONFIG } from '../../config/config.token.js';
import { RateLimiter } from '../../platform/rate-limit/rate-limiter.port.js';
import type { ChallengeRequest } from '../../protocol/payloads/user.payloads.js';
import type { Challenge, ChallengePurpose } from '../../protocol/signing.js';
import { Clock } from '../../shared/clock.js';
import { Ids } from '../../shared/ids.js';
import { serverNameOf } from './domain/server-name.js';
import { ChallengeStore } from './ports/challenge.store.port.js';

@Injectable()
export class ChallengeService {
  constructor(
    @Inject(CONFIG) private readonly config: AshwireConfig,
    @Inject(ChallengeStore) private readonly challenges: ChallengeStore,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Ids) private readonly ids: Ids,
  ) {}

  /** The same for every username: whether the account exists is not looked up here, so nothing can tell, not even the time. */
  async issue({ username, purpose }: ChallengeRequest, address: string): Promise<Challenge> {
    const { limits, sessions } = this.config;
    await this.limiter.consume('challenge-address', address, limits.challengePerAddress);
    await this.limiter.consume('challenge-account', username, limits.challengePerAccount);
    const challenge = {
      challengeId: this.ids.next(),
      nonce: randomBytes(32).toString('base64url'),
      server: serverNameOf(this.config),
      account: username,
      purpose,
      expiresAt: this.clock.now() + sessions.challengeMs,
    };
    await this.challenges.put(challenge);
    return challenge;
  }

  /** Uses the challenge up, whatever follows. Null when there is none such for this purpose. */
  async take(challengeId: string, purpose: ChallengePurpose): Promise<Challenge | null> {
    const challenge = await this.challenges.take(challengeId);
    return challenge?.purpose === purpose ? challenge : null;
  }
}
