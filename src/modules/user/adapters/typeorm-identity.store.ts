import type { EntityManager } from 'typeorm';
import type { Database } from '../../../platform/database/database.port.js';
import type { DeviceCertificate, KeyHistoryEntry } from '../../../protocol/signing.js';
import { DomainError } from '../../../shared/domain-error.js';
import { IdentityStore } from '../ports/identity.store.port.js';
import { isUniqueViolation } from '../../../platform/database/unique-violation.js';
import { endSessions } from './typeorm-session.store.js';
import { AccountRow, DeviceRow, KeyHistoryRow, KeyPackageRow } from './user.rows.js';

export class TypeormIdentityStore extends IdentityStore {
  constructor(private readonly database: Database) {
    super();
  }

  async listKeyHistory(userId: string): Promise<KeyHistoryEntry[]> {
    const rows = await this.database.lookUp((manager) =>
      manager.find(KeyHistoryRow, { where: { userId }, order: { version: 'ASC' } }),
    );
    return rows.map(({ version, identityKey, createdAt, previousHash, hash, signature }) => {
      return { version, identityKey, createdAt, previousHash, hash, signature };
    });
  }

  async changeKey(entry: KeyHistoryEntry, device: DeviceCertificate): Promise<boolean> {
    try {
      return await this.database.transaction((manager) => appendKey(manager, entry, device));
    } catch (error) {
      if (error instanceof Superseded) return false;
      throw isUniqueViolation(error) ? new DomainError('IDENTITY_KEY_TAKEN') : error;
    }
  }

  async replaceDevice(device: DeviceCertificate, identityKey: string, at: number): Promise<string[] | null> {
    const { userId } = device;
    try {
      return await this.database.transaction(async (manager) => {
        // Changes nothing, but holds the row: until the commit nobody else changes this account's key or device.
        const held = await manager.update(AccountRow, { userId, identityKey }, { identityKey });
        if (held.affected !== 1) return null;
        await manager.update(DeviceRow, { activeOf: userId }, { activeOf: null, revokedAt: at });
        await manager.insert(DeviceRow, { ...device, activeOf: userId, lastSeenAt: at, revokedAt: null });
        await manager.delete(KeyPackageRow, { userId });
        return endSessions(manager, userId, 'DEVICE_REPLACED', at);
      });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new DomainError('BAD_REQUEST', { problems: [{ field: 'device.deviceId', problem: 'is in use' }] });
    }
  }
}

/** Rolls the transaction back: the account has moved on since the request was made. */
class Superseded extends Error {}

async function appendKey(manager: EntityManager, entry: KeyHistoryEntry, device: DeviceCertificate): Promise<boolean> {
  const { userId, deviceId, createdAt, signature } = device;
  const { identityKey, version } = entry;
  const account = { userId, keyVersion: version - 1 };
  const moved = await manager.update(AccountRow, account, { identityKey, keyVersion: version });
  if (moved.affected !== 1) throw new Superseded();
  const active = { deviceId, activeOf: userId, leafKey: device.leafKey };
  const certified = await manager.update(DeviceRow, active, { createdAt, signature });
  if (certified.affected !== 1) throw new Superseded();
  await manager.insert(KeyHistoryRow, { ...entry, userId });
  await manager.delete(KeyPackageRow, { userId });
  return true;
}
