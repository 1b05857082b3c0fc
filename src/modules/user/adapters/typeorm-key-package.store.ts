import { createHash } from 'node:crypto';
import { type EntityManager, LessThanOrEqual, MoreThan } from 'typeorm';
import type { Database } from '../../../platform/database/database.port.js';
import { LIMITS } from '../../../protocol/limits.js';
import type { KeyPackageCount } from '../../../protocol/payloads/user.payloads.js';
import { DomainError } from '../../../shared/domain-error.js';
import type { CheckedKeyPackage } from '../domain/key-package.js';
import { type Claim, KeyPackageStore, type KeyPackageUpload } from '../ports/key-package.store.port.js';
import { isUniqueViolation } from '../../../platform/database/unique-violation.js';
import { DeviceRow, KeyPackageRow } from './user.rows.js';

export class TypeormKeyPackageStore extends KeyPackageStore {
  constructor(private readonly database: Database) {
    super();
  }

  async add(upload: KeyPackageUpload): Promise<void> {
    try {
      await this.database.transaction((manager) => store(manager, upload));
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new DomainError('KEY_PACKAGE_INVALID', { reason: 'it was uploaded before' });
    }
  }

  claim(userId: string, now: number): Promise<Claim | null> {
    return this.database.transaction(async (manager) => {
      const oneTime = await takeOldest(manager, userId, now);
      const available = await countOneTime(manager, userId, now);
      if (oneTime) return { ...oneTime, lastResort: false, available };
      const row = await manager.findOneBy(KeyPackageRow, { userId, state: 'last-resort', notAfter: MoreThan(now) });
      return row && { deviceId: row.deviceId, keyPackage: row.keyPackage, lastResort: true, available };
    });
  }

  count(userId: string, now: number): Promise<KeyPackageCount> {
    return this.database.read(async (manager) => ({
      available: await countOneTime(manager, userId, now),
      lastResort: await manager.existsBy(KeyPackageRow, { userId, state: 'last-resort', notAfter: MoreThan(now) }),
    }));
  }
}

async function store(manager: EntityManager, upload: KeyPackageUpload): Promise<void> {
  const { userId, deviceId, signature } = upload.device;
  const { keyPackages, lastResort, now } = upload;
  // Holds the device's row: uploads of one user take turns, and neither its key nor the device changes until the commit.
  const held = await manager.update(DeviceRow, { deviceId, activeOf: userId, signature }, { lastSeenAt: now });
  if (held.affected !== 1) throw new DomainError('DEVICE_REPLACED');
  await manager.delete(KeyPackageRow, { userId, notAfter: LessThanOrEqual(now) });
  if ((await countOneTime(manager, userId, now)) + keyPackages.length > LIMITS.keyPackagesStored) {
    throw new DomainError('KEY_PACKAGE_LIMIT', { limit: LIMITS.keyPackagesStored });
  }
  const rowOf = ({ keyPackage, notAfter }: CheckedKeyPackage, state: KeyPackageRow['state']): KeyPackageRow => ({
    hash: createHash('sha256').update(keyPackage).digest('base64url'),
    ...{ userId, deviceId, keyPackage, state, uploadedAt: now, notAfter },
  });
  if (lastResort) {
    await manager.update(KeyPackageRow, { userId, state: 'last-resort' }, { state: 'claimed', keyPackage: '' });
    await manager.insert(KeyPackageRow, rowOf(lastResort, 'last-resort'));
  }
  if (keyPackages.length > 0)
    await manager.insert(
      KeyPackageRow,
      keyPackages.map((each) => rowOf(each, 'one-time')),
    );
}

/** The update decides: of several that read the same oldest package, one changes its state and the others look again. */
async function takeOldest(
  manager: EntityManager,
  userId: string,
  now: number,
): Promise<Pick<KeyPackageRow, 'deviceId' | 'keyPackage'> | null> {
  for (;;) {
    const row = await manager.findOne(KeyPackageRow, {
      where: { userId, state: 'one-time', notAfter: MoreThan(now) },
      order: { uploadedAt: 'ASC', hash: 'ASC' },
    });
    if (!row) return null;
    const { hash, deviceId, keyPackage } = row;
    const taken = await manager.update(
      KeyPackageRow,
      { hash, state: 'one-time' },
      { state: 'claimed', keyPackage: '' },
    );
    if (taken.affected === 1) return { deviceId, keyPackage };
  }
}

const countOneTime = (manager: EntityManager, userId: string, now: number): Promise<number> =>
  manager.countBy(KeyPackageRow, { userId, state: 'one-time', notAfter: MoreThan(now) });
