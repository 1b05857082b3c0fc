import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../platform/authentication/authenticator.js';
import type {
  OwnAccount,
  ProfileUpdateRequest,
  Settings,
  UpdateSettingsRequest,
} from '../../protocol/payloads/user.payloads.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import type { Account } from './domain/account.js';
import { displayNameOf } from './domain/display-name.js';
import { AccountStore } from './ports/account.store.port.js';
import { KeyPackageStore } from './ports/key-package.store.port.js';
import { UserAnnouncements } from './user.announcements.js';

/** The caller's own account. */
@Injectable()
export class AccountService {
  constructor(
    @Inject(AccountStore) private readonly accounts: AccountStore,
    @Inject(KeyPackageStore) private readonly keyPackages: KeyPackageStore,
    @Inject(UserAnnouncements) private readonly announcements: UserAnnouncements,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async show({ userId }: Principal): Promise<OwnAccount> {
    const { device, ...account } = await this.get(userId);
    const { available } = await this.keyPackages.count(userId, this.clock.now());
    return { ...account, deviceId: device.deviceId, keyPackagesAvailable: available };
  }

  async updateProfile(caller: Principal, { displayName, avatarColour }: ProfileUpdateRequest): Promise<OwnAccount> {
    await this.accounts.update(caller.userId, {
      ...(displayName !== undefined && { displayName: displayNameOf(displayName) }),
      ...(avatarColour !== undefined && { avatarColour }),
    });
    await this.announcements.changed(caller.userId, 'profile');
    return this.show(caller);
  }

  async settings({ userId }: Principal): Promise<Settings> {
    return (await this.get(userId)).settings;
  }

  async updateSettings({ userId }: Principal, changes: UpdateSettingsRequest): Promise<Settings> {
    const { settings: before } = await this.get(userId);
    await this.accounts.update(userId, { settings: changes });
    const { settings } = await this.get(userId);
    this.announcements.push(userId, 'settings:changed', settings);
    await this.announcements.changed(userId, 'settings');
    if (settings.sharePresence !== before.sharePresence) await this.announcements.presenceSharingChanged(userId);
    return settings;
  }

  private async get(userId: string): Promise<Account> {
    const account = await this.accounts.find(userId);
    if (!account) throw new DomainError('NOT_FOUND');
    return account;
  }
}
