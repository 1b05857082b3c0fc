import { Inject, Injectable } from '@nestjs/common';
import type { ProcessCache } from '../../platform/cache/process-cache.js';
import { ProcessCaches } from '../../platform/cache/process-caches.js';
import type { Settings } from '../../protocol/payloads/user.payloads.js';
import type { Account } from './domain/account.js';
import { AccountStore } from './ports/account.store.port.js';
import type { Person } from './user.facade.js';

interface KnownAccount {
  readonly person: Person;
  readonly settings: Settings;
}

/** Accounts as others see them, kept in the process: every list names people, every receipt asks for settings. */
@Injectable()
export class AccountDirectory {
  private readonly cache: ProcessCache<KnownAccount>;

  constructor(@Inject(AccountStore) accounts: AccountStore, @Inject(ProcessCaches) caches: ProcessCaches) {
    this.cache = caches.open({ topic: 'user.account', maxSize: 50_000 }, async (userIds) => {
      const found = await accounts.list(userIds);
      return new Map(found.map((account) => [account.userId, known(account)]));
    });
  }

  async list(userIds: readonly string[]): Promise<Person[]> {
    const accounts = await this.cache.getMany(userIds);
    return userIds.flatMap((userId) => accounts.get(userId)?.person ?? []);
  }

  async findSettings(userId: string): Promise<Settings | undefined> {
    return (this.cache.peek(userId) ?? (await this.cache.get(userId)))?.settings;
  }

  /** After the commit of whatever changes it, before anybody hears of that. */
  changed(userId: string): void {
    this.cache.changed(userId);
  }
}

const known = (account: Account): KnownAccount => ({ person: personOf(account), settings: account.settings });

export function personOf(account: Account): Person {
  const { userId, username, displayName, avatarColour, identityKey, keyVersion, device } = account;
  return { userId, username, displayName, avatarColour, identityKey, keyVersion, device };
}
