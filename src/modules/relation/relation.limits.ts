import { Inject, Injectable } from '@nestjs/common';
import type { AshwireConfig } from '../../config/config.schema.js';
import { CONFIG } from '../../config/config.token.js';
import { RateLimiter } from '../../platform/rate-limit/rate-limiter.port.js';

/** The rates of the profile that concern relations. Each throws RATE_LIMITED. */
@Injectable()
export class RelationLimits {
  constructor(
    @Inject(CONFIG) private readonly config: AshwireConfig,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
  ) {}

  friendRequest(userId: string): Promise<void> {
    return this.limiter.consume('friend-request', userId, this.config.limits.friendRequestsPerUser);
  }

  invitationTry(userId: string): Promise<void> {
    return this.limiter.consume('invitation-try', userId, this.config.limits.invitationTriesPerUser);
  }

  keyPackageClaim(userId: string, friendId: string): Promise<void> {
    return this.limiter.consume(
      'key-package-claim',
      `${userId}:${friendId}`,
      this.config.limits.keyPackageClaimsPerPair,
    );
  }
}
