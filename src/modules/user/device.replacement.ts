import { Inject, Injectable } from '@nestjs/common';
import type { DeviceCertificate } from '../../protocol/signing.js';
import { Clock } from '../../shared/clock.js';
import { AccountDirectory } from './account.directory.js';
import { IdentityStore } from './ports/identity.store.port.js';
import { UserAnnouncements } from './user.announcements.js';

@Injectable()
export class DeviceReplacement {
  constructor(
    @Inject(IdentityStore) private readonly identities: IdentityStore,
    @Inject(UserAnnouncements) private readonly announcements: UserAnnouncements,
    @Inject(AccountDirectory) private readonly accounts: AccountDirectory,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** False when `identityKey`, which certified the device, is no longer the account's. */
  async replace(device: DeviceCertificate, identityKey: string): Promise<boolean> {
    const { userId, deviceId } = device;
    const ended = await this.identities.replaceDevice(device, identityKey, this.clock.now());
    if (!ended) return false;
    this.accounts.changed(userId);
    // First the news, then the end: the device that was replaced learns by what, if it still listens.
    this.announcements.push(userId, 'device:added', { deviceId });
    await this.announcements.ended(ended, 'DEVICE_REPLACED', 'stop');
    await this.announcements.changed(userId, 'device');
    return true;
  }
}
