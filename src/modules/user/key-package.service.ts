import { Inject, Injectable } from '@nestjs/common';
import type { AshwireConfig } from '../../config/config.schema.js';
import { CONFIG } from '../../config/config.token.js';
import type { Principal } from '../../platform/authentication/authenticator.js';
import { RateLimiter } from '../../platform/rate-limit/rate-limiter.port.js';
import type { KeyPackageCount, UploadKeyPackagesRequest } from '../../protocol/payloads/user.payloads.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { checkKeyPackage } from './domain/key-package.js';
import { AccountStore } from './ports/account.store.port.js';
import { KeyPackageStore } from './ports/key-package.store.port.js';

/** The caller's own key packages. */
@Injectable()
export class KeyPackageService {
  constructor(
    @Inject(CONFIG) private readonly config: AshwireConfig,
    @Inject(AccountStore) private readonly accounts: AccountStore,
    @Inject(KeyPackageStore) private readonly keyPackages: KeyPackageStore,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async upload({ userId, deviceId }: Principal, request: UploadKeyPackagesRequest): Promise<KeyPackageCount> {
    await this.limiter.consume('key-packages', userId, this.config.limits.keyPackageUploadsPerUser);
    const account = await this.accounts.find(userId);
    if (account?.device.deviceId !== deviceId) throw new DomainError('DEVICE_REPLACED');
    const now = this.clock.now();
    const keyPackages = [];
    for (const each of request.keyPackages) keyPackages.push(await checkKeyPackage(each, account, now));
    const { lastResort } = request;
    await this.keyPackages.add({
      ...{ device: account.device, keyPackages, now },
      ...(lastResort !== undefined && { lastResort: await checkKeyPackage(lastResort, account, now) }),
    });
    return this.keyPackages.count(userId, now);
  }

  count({ userId }: Principal): Promise<KeyPackageCount> {
    return this.keyPackages.count(userId, this.clock.now());
  }
}
