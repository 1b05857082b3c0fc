import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../../platform/authentication/authenticator.js';
import { ApiRefusals } from '../../../platform/http/api-refusals.js';
import { Caller } from '../../../platform/http/request-context.js';
import { WithdrawalRequest, WithdrawalView } from '../../../protocol/payloads/payment.payloads.js';
import { WithdrawalService } from './withdrawal.service.js';

@ApiTags('payments')
@ApiBearerAuth()
@Controller('api/payments/withdrawals')
export class WithdrawalController {
  constructor(@Inject(WithdrawalService) private readonly withdrawals: WithdrawalService) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Takes money out. Amount and fee are reserved until the provider has paid or failed; repeating it is safe',
  })
  @ApiBody({ type: WithdrawalRequest })
  @ApiOkResponse({ type: WithdrawalView })
  @ApiRefusals({
    BAD_SIGNATURE: 'it is not that of your identity key over these fields and this server',
    CURRENCY_UNSUPPORTED: 'details.currency is the one',
    INSUFFICIENT_FUNDS: 'the balance is lower than amount and fee',
    NOT_FOUND: 'your account is gone',
    ORDER_ID_REUSED: 'the id is that of another withdrawal',
    ORDER_OUTDATED: 'issuedAt is too far from details.serverTime',
    PAYMENT_LIMIT: 'the amount is over details.max',
    PROVIDER_UNAVAILABLE: 'amount and fee stay reserved; the server tries again, and so may you',
  })
  start(@Caller() caller: Principal, @Body() body: WithdrawalRequest): Promise<WithdrawalView> {
    return this.withdrawals.start(caller.userId, body);
  }

  @Get(':withdrawalId')
  @ApiOperation({ summary: 'Returns a withdrawal of yours' })
  @ApiOkResponse({ type: WithdrawalView })
  get(@Caller() caller: Principal, @Param('withdrawalId') withdrawalId: string): Promise<WithdrawalView> {
    return this.withdrawals.get(caller.userId, withdrawalId);
  }
}
