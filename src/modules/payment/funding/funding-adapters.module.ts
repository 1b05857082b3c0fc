import { Module, type Provider } from '@nestjs/common';
import type { AshwireConfig } from '../../../config/config.schema.js';
import { CONFIG } from '../../../config/config.token.js';
import { Database } from '../../../platform/database/database.port.js';
import { Clock } from '../../../shared/clock.js';
import { serverNameOf } from '../../user/index.js';
import { SandboxPaymentProvider } from '../adapters/sandbox-payment-provider.js';
import { TypeormFundingStore } from '../adapters/typeorm-funding.store.js';
import { WebhookPaymentProvider } from '../adapters/webhook-payment-provider.js';
import { FundingStore } from '../ports/funding.store.port.js';
import { PaymentProvider } from '../ports/payment-provider.port.js';

const adapters: Provider[] = [
  {
    provide: FundingStore,
    inject: [Database],
    useFactory: (database: Database) => new TypeormFundingStore(database),
  },
  { provide: PaymentProvider, inject: [CONFIG, Clock], useFactory: paymentProvider },
];

function paymentProvider(config: AshwireConfig, clock: Clock): PaymentProvider {
  const { paymentProvider: chosen } = config.adapters;
  switch (chosen.kind) {
    case 'sandbox':
      return new SandboxPaymentProvider();
    case 'webhook': {
      const { paymentProviderKey: key } = config.secrets;
      // The loader refuses such a profile.
      if (key === undefined) throw new Error('the webhook provider needs a key');
      const callbackUrl = `${serverNameOf(config)}/api/payments/callbacks`;
      return new WebhookPaymentProvider({ url: chosen.url, key, callbackUrl }, clock);
    }
  }
}

@Module({ providers: adapters, exports: adapters })
export class FundingAdaptersModule {}
