import 'reflect-metadata';
import { ManualClock } from '../../../shared/clock.js';
import { RandomIds } from '../../../shared/ids.js';
import { SqliteDatabase } from '../../database/adapters/sqlite-database.js';
import { describeLeaseContract } from '../lease.contract.js';
import { leaseSchema } from './lease.schema.js';
import { TypeormLease } from './typeorm-lease.js';

describeLeaseContract(async () => {
  const database = await SqliteDatabase.open(':memory:', leaseSchema);
  const clock = new ManualClock();
  const ids = new RandomIds();
  return {
    one: new TypeormLease(database, clock, ids),
    other: new TypeormLease(database, clock, ids),
    clock,
    close: () => database.close(),
  };
});
