import { describeOnDatabases } from '../../../platform/database/spec/databases.fixture.js';
import { describeFundingStoreContract } from '../ports/funding.store.contract.js';
import { LedgerEntryRow, PaymentAccountRow } from './payment.rows.js';
import { paymentSchema } from './payment.schema.js';
import { TypeormFundingStore } from './typeorm-funding.store.js';

describeOnDatabases((open) =>
  describeFundingStoreContract(async () => {
    const database = await open(paymentSchema);
    return {
      store: new TypeormFundingStore(database),
      balances: async () => {
        const rows = await database.read((manager) => manager.find(PaymentAccountRow));
        return Object.fromEntries(
          rows.map(({ kind, userId, balance }) => [userId === '' ? kind : `${kind}:${userId}`, balance]),
        );
      },
      entries: () => database.read((manager) => manager.count(LedgerEntryRow)),
      close: () => database.close(),
    };
  }),
);
