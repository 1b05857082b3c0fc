import { Inject, Injectable } from '@nestjs/common';
import type { AshwireConfig } from '../../config/config.schema.js';
import { CONFIG } from '../../config/config.token.js';
import { RateLimiter } from '../../platform/rate-limit/rate-limiter.port.js';

/** The rates of the profile that concern groups. Each throws RATE_LIMITED. */
@Injectable()
export class GroupLimits {
  constructor(
    @Inject(CONFIG) private readonly config: AshwireConfig,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
  ) {}

  creation(userId: string): Promise<void> {
    return this.limiter.consume('group-creation', userId, this.config.limits.groupsCreatedPerUser);
  }

  /** One budget per pair, together with the route for friends. */
  keyPackageClaim(userId: string, otherUserId: string): Promise<void> {
    const { keyPackageClaimsPerPair } = this.config.limits;
    return this.limiter.consume('key-package-claim', `${userId}:${otherUserId}`, keyPackageClaimsPerPair);
  }
}
