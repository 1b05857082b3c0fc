import { Module, type Provider } from '@nestjs/common';
import { Database } from '../../platform/database/database.port.js';
import { RelationModule } from '../relation/index.js';
import { UserModule } from '../user/index.js';
import { TypeormLedgerRecords } from './adapters/typeorm-ledger.records.js';
import { TypeormOrderStore } from './adapters/typeorm-order.store.js';
import { DocumentAudit } from './document.audit.js';
import { FundingAdaptersModule } from './funding/funding-adapters.module.js';
import { fundingControllers, fundingProviders } from './funding/funding.providers.js';
import { LedgerAudit } from './ledger.audit.js';
import { OrderAdmission } from './order.admission.js';
import { PaymentAccountService } from './payment-account.service.js';
import { PaymentOrderService } from './payment-order.service.js';
import { PaymentAnnouncer } from './payment.announcer.js';
import { PaymentController } from './payment.controller.js';
import { PaymentSettler } from './payment.settler.js';
import { LedgerRecords } from './ports/ledger.records.port.js';
import { OrderStore } from './ports/order.store.port.js';

/** One SQL adapter for each store, whatever database the profile names. */
const stores: Provider[] = [
  {
    provide: OrderStore,
    inject: [Database],
    useFactory: (database: Database) => new TypeormOrderStore(database),
  },
  {
    provide: LedgerRecords,
    inject: [Database],
    useFactory: (database: Database) => new TypeormLedgerRecords(database),
  },
];

@Module({
  imports: [UserModule, RelationModule, FundingAdaptersModule],
  controllers: [PaymentController, ...fundingControllers],
  providers: [
    ...stores,
    ...fundingProviders,
    OrderAdmission,
    PaymentOrderService,
    PaymentAccountService,
    PaymentAnnouncer,
    PaymentSettler,
    DocumentAudit,
    LedgerAudit,
  ],
  exports: [LedgerAudit],
})
export class PaymentModule {}
