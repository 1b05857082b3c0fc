import { Inject, Injectable } from '@nestjs/common';
import { LIMITS } from '../../protocol/limits.js';
import type { ClaimedKeyPackage } from '../../protocol/payloads/user.payloads.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { KeyPackageStore } from './ports/key-package.store.port.js';
import { UserAnnouncements } from './user.announcements.js';

/** Gives a user's key packages to others, and tells the user when few are left. */
@Injectable()
export class KeyPackageClaims {
  constructor(
    @Inject(KeyPackageStore) private readonly keyPackages: KeyPackageStore,
    @Inject(UserAnnouncements) private readonly announcements: UserAnnouncements,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async take(userId: string): Promise<ClaimedKeyPackage> {
    const claim = await this.keyPackages.claim(userId, this.clock.now());
    const available = claim?.available ?? 0;
    if (available < LIMITS.keyPackagesLow) this.announcements.push(userId, 'key-packages:low', { available });
    if (!claim) throw new DomainError('KEY_PACKAGE_NONE');
    const { deviceId, keyPackage, lastResort } = claim;
    return { userId, deviceId, keyPackage, lastResort };
  }
}
