import { ManualClock } from '../../../shared/clock.js';
import { RandomIds } from '../../../shared/ids.js';
import { describeOnDatabases } from '../../database/spec/databases.fixture.js';
import { describeLeaseContract } from '../lease.contract.js';
import { leaseSchema } from './lease.schema.js';
import { TypeormLease } from './typeorm-lease.js';

describeOnDatabases((open) =>
  describeLeaseContract(async () => {
    const database = await open(leaseSchema);
    const clock = new ManualClock();
    const ids = new RandomIds();
    return {
      one: new TypeormLease(database, clock, ids),
      other: new TypeormLease(database, clock, ids),
      clock,
      close: () => database.close(),
    };
  }),
);
