import { Inject, Injectable } from '@nestjs/common';
import type { ClaimedKeyPackage, Settings } from '../../protocol/payloads/user.payloads.js';
import type { KeyHistoryEntry } from '../../protocol/signing.js';
import { DomainError } from '../../shared/domain-error.js';
import { AccountDirectory, personOf } from './account.directory.js';
import { KeyPackageClaims } from './key-package.claims.js';
import { AccountStore } from './ports/account.store.port.js';
import { IdentityStore } from './ports/identity.store.port.js';
import { type Person, UserFacade } from './user.facade.js';

/** The facade in the process that runs the module. */
@Injectable()
export class LocalUserFacade extends UserFacade {
  constructor(
    @Inject(AccountStore) private readonly accounts: AccountStore,
    @Inject(AccountDirectory) private readonly directory: AccountDirectory,
    @Inject(IdentityStore) private readonly identities: IdentityStore,
    @Inject(KeyPackageClaims) private readonly keyPackages: KeyPackageClaims,
  ) {
    super();
  }

  async findPerson(userId: string): Promise<Person | null> {
    const account = await this.accounts.find(userId);
    return account && personOf(account);
  }

  async findPersonByUsername(username: string): Promise<Person | null> {
    const account = await this.accounts.findByUsername(username);
    return account && personOf(account);
  }

  async listPersons(userIds: readonly string[]): Promise<Person[]> {
    return (await this.accounts.list(userIds)).map(personOf);
  }

  listKnownPersons(userIds: readonly string[]): Promise<Person[]> {
    return this.directory.list(userIds);
  }

  async getSettings(userId: string): Promise<Settings> {
    const settings = await this.directory.findSettings(userId);
    if (!settings) throw new DomainError('NOT_FOUND');
    return settings;
  }

  listKeyHistory(userId: string): Promise<KeyHistoryEntry[]> {
    return this.identities.listKeyHistory(userId);
  }

  claimKeyPackage(userId: string): Promise<ClaimedKeyPackage> {
    return this.keyPackages.take(userId);
  }
}
