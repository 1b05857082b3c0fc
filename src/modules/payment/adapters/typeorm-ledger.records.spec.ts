import { describeOnDatabases } from '../../../platform/database/spec/databases.fixture.js';
import { describeLedgerRecordsContract } from '../ports/ledger.records.contract.js';
import { startPayments } from '../spec/payment-rig.fixture.js';
import { TypeormLedgerRecords } from './typeorm-ledger.records.js';

describeOnDatabases((open) =>
  describeLedgerRecordsContract(async () => {
    const rig = await startPayments({ open });
    return { rig, records: new TypeormLedgerRecords(rig.sql) };
  }),
);
