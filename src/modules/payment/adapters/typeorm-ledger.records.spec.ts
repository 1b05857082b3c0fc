import { describeLedgerRecordsContract } from '../ports/ledger.records.contract.js';
import { startPayments } from '../spec/payment-rig.fixture.js';
import { TypeormLedgerRecords } from './typeorm-ledger.records.js';

describeLedgerRecordsContract(async () => {
  const rig = await startPayments();
  return { rig, records: new TypeormLedgerRecords(rig.sqlite) };
});
