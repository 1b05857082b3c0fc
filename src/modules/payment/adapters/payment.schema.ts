import type { DatabaseSchema } from '../../../platform/database/database.port.js';
import { CreatePayment1700000006000 } from './payment.migrations.js';
import {
  LedgerEntryRow,
  LedgerHeadRow,
  PaymentAccountRow,
  PaymentDayRow,
  PaymentOrderRow,
  ProviderEventRow,
  TopUpRow,
  WithdrawalRow,
} from './payment.rows.js';

export const paymentSchema: DatabaseSchema = {
  rows: [
    PaymentAccountRow,
    LedgerEntryRow,
    LedgerHeadRow,
    PaymentOrderRow,
    PaymentDayRow,
    TopUpRow,
    WithdrawalRow,
    ProviderEventRow,
  ],
  migrations: [CreatePayment1700000006000],
};
