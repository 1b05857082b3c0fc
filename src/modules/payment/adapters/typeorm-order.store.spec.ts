import { RandomIds } from '../../../shared/ids.js';
import { describeOnDatabases } from '../../../platform/database/spec/databases.fixture.js';
import { describeOrderStoreContract } from '../ports/order.store.contract.js';
import { ensureUserAccount, post, systemAccount } from './ledger.statements.js';
import { PaymentAccountRow } from './payment.rows.js';
import { paymentSchema } from './payment.schema.js';
import { TypeormOrderStore } from './typeorm-order.store.js';

const ids = new RandomIds();

describeOnDatabases((open) =>
  describeOrderStoreContract(async () => {
    const database = await open(paymentSchema);
    return {
      store: new TypeormOrderStore(database),
      give: (userId, amount) =>
        database.transaction(async (manager) => {
          const from = await systemAccount(manager, 'issue', 'CNY');
          const moves = [{ from, to: await ensureUserAccount(manager, userId, 'CNY', 0), amount }];
          await post(manager, { postingId: ids.next(), kind: 'top-up', reference: ids.next(), at: 0, moves });
        }),
      balances: async () => {
        const rows = await database.read((manager) => manager.find(PaymentAccountRow));
        return rows.map(({ balance }) => balance);
      },
      close: () => database.close(),
    };
  }),
);
