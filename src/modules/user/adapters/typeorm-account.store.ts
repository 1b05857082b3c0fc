import { type EntityManager, IsNull, type SelectQueryBuilder } from 'typeorm';
import type { Database } from '../../../platform/database/database.port.js';
import type { Outbox } from '../../../platform/database/outbox.js';
import type { Role } from '../../../protocol/payloads/user.payloads.js';
import { DomainError } from '../../../shared/domain-error.js';
import { type Account, type AccountChanges, INITIAL_SETTINGS } from '../domain/account.js';
import { AccountStore, type NewAccount } from '../ports/account.store.port.js';
import { UserDeleted } from '../user.events.js';
import { isUniqueViolation } from '../../../platform/database/unique-violation.js';
import {
  AccountRow,
  DeviceRow,
  KeyHistoryRow,
  RegistrationInvitationRow,
  ROWS_OF_A_USER,
  SessionRow,
} from './user.rows.js';

export class TypeormAccountStore extends AccountStore {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {
    super();
    outbox.register(UserDeleted);
  }

  async create(account: NewAccount): Promise<void> {
    try {
      await this.database.transaction(async (manager) => {
        if (account.invitationHash !== undefined) await useUp(manager, account.invitationHash, account.createdAt);
        await insert(manager, account);
      });
    } catch (error) {
      throw isUniqueViolation(error) ? await this.conflictOf(account) : error;
    }
  }

  find(userId: string): Promise<Account | null> {
    return this.database.lookUp(async (manager) => accountOf(await accounts(manager).where({ userId }).getOne()));
  }

  findByUsername(username: string): Promise<Account | null> {
    return this.database.lookUp(async (manager) => accountOf(await accounts(manager).where({ username }).getOne()));
  }

  async list(userIds: readonly string[]): Promise<Account[]> {
    if (userIds.length === 0) return [];
    const rows = await this.database.lookUp((manager) =>
      accounts(manager)
        .where('account.userId IN (:...userIds)', { userIds: [...new Set(userIds)] })
        .getMany(),
    );
    const byId = new Map(rows.map((row) => [row.userId, accountOf(row)]));
    return userIds.flatMap((userId) => byId.get(userId) ?? []);
  }

  async update(userId: string, { settings, ...profile }: AccountChanges): Promise<boolean> {
    const changes = Object.entries({ ...profile, ...settings }).filter(([, value]) => value !== undefined);
    if (changes.length === 0) return (await this.find(userId)) !== null;
    return this.database.transaction(async (manager) => {
      const result = await manager.update(AccountRow, { userId }, Object.fromEntries(changes));
      return result.affected === 1;
    });
  }

  setRole(username: string, role: Role): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      const result = await manager.update(AccountRow, { username }, { role });
      return result.affected === 1;
    });
  }

  delete(userId: string): Promise<string[] | null> {
    return this.database.transaction(async (manager) => {
      const [account, device, ...others] = ROWS_OF_A_USER;
      if ((await manager.delete(account, { userId })).affected !== 1) return null;
      // Without a device no session is opened any more.
      await manager.delete(device, { userId });
      const sessions = await manager.findBy(SessionRow, { userId, ended: IsNull() });
      for (const rows of others) await manager.delete(rows, { userId });
      await this.outbox.add(manager, UserDeleted, { userId });
      return sessions.map(({ sessionId }) => sessionId);
    });
  }

  countCreatedSince(time: number): Promise<number> {
    return this.database.lookUp((manager) =>
      manager.createQueryBuilder(AccountRow, 'account').where('account.createdAt >= :time', { time }).getCount(),
    );
  }

  private async conflictOf({ username, genesis }: NewAccount): Promise<DomainError> {
    const taken = await this.database.read(async (manager) => ({
      name: await manager.existsBy(AccountRow, { username }),
      key: await manager.existsBy(KeyHistoryRow, { identityKey: genesis.identityKey }),
    }));
    if (taken.key) return new DomainError('IDENTITY_KEY_TAKEN');
    if (taken.name) return new DomainError('USERNAME_TAKEN');
    return new DomainError('BAD_REQUEST', { problems: [{ field: 'device.deviceId', problem: 'is in use' }] });
  }
}

function accounts(manager: EntityManager): SelectQueryBuilder<AccountRow> {
  return manager
    .createQueryBuilder(AccountRow, 'account')
    .innerJoinAndMapOne('account.device', DeviceRow, 'device', 'device.activeOf = account.userId');
}

function accountOf(row: AccountRow | null): Account | null {
  if (!row?.device) return null;
  const { sharePresence, shareTyping, shareRead, burnAfterReadSeconds, device, ...account } = row;
  const { userId, deviceId, leafKey, createdAt, signature } = device;
  return {
    ...account,
    settings: { sharePresence, shareTyping, shareRead, burnAfterReadSeconds },
    device: { userId, deviceId, leafKey, createdAt, signature },
  };
}

async function insert(
  manager: EntityManager,
  { userId, username, createdAt, device, genesis }: NewAccount,
): Promise<void> {
  await manager.insert(AccountRow, {
    ...{ userId, username, createdAt, ...INITIAL_SETTINGS },
    role: 'user',
    displayName: username,
    avatarColour: 'grey',
    identityKey: genesis.identityKey,
    keyVersion: genesis.version,
  });
  await manager.insert(DeviceRow, { ...device, activeOf: userId, lastSeenAt: createdAt, revokedAt: null });
  await manager.insert(KeyHistoryRow, { ...genesis, userId });
}

/** The delete decides: of several that hold the same code, one deletes the row. */
async function useUp(manager: EntityManager, codeHash: string, now: number): Promise<void> {
  const result = await manager
    .createQueryBuilder()
    .delete()
    .from(RegistrationInvitationRow)
    .where('codeHash = :codeHash AND expiresAt > :now', { codeHash, now })
    .execute();
  if (result.affected !== 1) throw new DomainError('INVITATION_INVALID');
}
