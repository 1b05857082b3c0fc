import { LessThanOrEqual } from 'typeorm';
import type { Clock } from '../../../shared/clock.js';
import type { Ids } from '../../../shared/ids.js';
import type { Database } from '../../database/database.port.js';
import { insertMissing } from '../../database/insert-missing.js';
import { Lease } from '../lease.port.js';
import { JobLeaseRow } from './lease.schema.js';

const FREE = { holder: '', expiresAt: 0 };

export class TypeormLease extends Lease {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {
    super();
  }

  async hold<T>(name: string, forMs: number, work: () => Promise<T>): Promise<T | undefined> {
    const holder = this.ids.next();
    if (!(await this.take(name, holder, forMs))) return undefined;
    try {
      return await work();
    } finally {
      // Only its own: who took over after the time was up keeps it.
      await this.database.transaction((manager) => manager.update(JobLeaseRow, { name, holder }, FREE));
    }
  }

  private take(name: string, holder: string, forMs: number): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      const now = this.clock.now();
      await insertMissing(manager, JobLeaseRow, { name, ...FREE });
      const expired = { name, expiresAt: LessThanOrEqual(now) };
      const taken = await manager.update(JobLeaseRow, expired, { holder, expiresAt: now + forMs });
      return taken.affected === 1;
    });
  }
}
