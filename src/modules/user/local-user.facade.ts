import { Inject, Injectable } from '@nestjs/common';
import { LIMITS } from '../../protocol/limits.js';
import type { ClaimedKeyPackage, Settings } from '../../protocol/payloads/user.payloads.js';
import type { KeyHistoryEntry } from '../../protocol/signing.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import type { Account } from './domain/account.js';
import { AccountStore } from './ports/account.store.port.js';
import { IdentityStore } from './ports/identity.store.port.js';
import { KeyPackageStore } from './ports/key-package.store.port.js';
import { UserAnnouncements } from './user.announcements.js';
import { type Person, UserFacade } from './user.facade.js';

/** The facade in the process that runs the module. */
@Injectable()
export class LocalUserFacade extends UserFacade {
  constructor(
    @Inject(AccountStore) private readonly accounts: AccountStore,
    @Inject(IdentityStore) private readonly identities: IdentityStore,
    @Inject(KeyPackageStore) private readonly keyPackages: KeyPackageStore,
    @Inject(UserAnnouncements) private readonly announcements: UserAnnouncements,
    @Inject(Clock) private readonly clock: Clock,
  ) {
    super();
  }

  async findPerson(userId: string): Promise<Person | null> {
    return personOf(await this.accounts.find(userId));
  }

  async findPersonByUsername(username: string): Promise<Person | null> {
    return personOf(await this.accounts.findByUsername(username));
  }

  async listPersons(userIds: readonly string[]): Promise<Person[]> {
    return (await this.accounts.list(userIds)).flatMap((account) => personOf(account) ?? []);
  }

  async getSettings(userId: string): Promise<Settings> {
    const account = await this.accounts.find(userId);
    if (!account) throw new DomainError('NOT_FOUND');
    return account.settings;
  }

  listKeyHistory(userId: string): Promise<KeyHistoryEntry[]> {
    return this.identities.listKeyHistory(userId);
  }

  async claimKeyPackage(userId: string): Promise<ClaimedKeyPackage> {
    const claim = await this.keyPackages.claim(userId, this.clock.now());
    const available = claim?.available ?? 0;
    if (available < LIMITS.keyPackagesLow) this.announcements.push(userId, 'key-packages:low', { available });
    if (!claim) throw new DomainError('KEY_PACKAGE_NONE');
    const { deviceId, keyPackage, lastResort } = claim;
    return { userId, deviceId, keyPackage, lastResort };
  }
}

function personOf(account: Account | null): Person | null {
  if (!account) return null;
  const { userId, username, displayName, avatarColour, identityKey, keyVersion, device } = account;
  return { userId, username, displayName, avatarColour, identityKey, keyVersion, device };
}
