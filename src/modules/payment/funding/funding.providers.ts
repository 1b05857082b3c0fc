import type { Provider, Type } from '@nestjs/common';
import { FundingLimits } from './funding.limits.js';
import { FundingService } from './funding.service.js';
import { FundingSettlement } from './funding.settlement.js';
import { ProviderCallbackController } from './provider-callback.controller.js';
import { ProviderCallbackService } from './provider-callback.service.js';
import { TopUpController } from './top-up.controller.js';
import { TopUpService } from './top-up.service.js';
import { WithdrawalController } from './withdrawal.controller.js';
import { WithdrawalOffers } from './withdrawal.offers.js';
import { WithdrawalOrders } from './withdrawal.orders.js';
import { WithdrawalService } from './withdrawal.service.js';

export const fundingControllers: Type[] = [TopUpController, WithdrawalController, ProviderCallbackController];

/** Without the adapters, which the module names. */
export const fundingProviders: Provider[] = [
  FundingLimits,
  FundingSettlement,
  TopUpService,
  WithdrawalOrders,
  WithdrawalOffers,
  WithdrawalService,
  ProviderCallbackService,
  FundingService,
];
