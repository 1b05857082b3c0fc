import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../../platform/authentication/authenticator.js';
import { ApiRefusals } from '../../../platform/http/api-refusals.js';
import { Caller } from '../../../platform/http/request-context.js';
import { TopUpRequest, TopUpView } from '../../../protocol/payloads/payment.payloads.js';
import { TopUpService } from './top-up.service.js';

@ApiTags('payments')
@ApiBearerAuth()
@Controller('api/payments/top-ups')
export class TopUpController {
  constructor(@Inject(TopUpService) private readonly topUps: TopUpService) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Starts to pay money in. Repeating it goes on with the same top-up' })
  @ApiBody({ type: TopUpRequest })
  @ApiOkResponse({ type: TopUpView })
  @ApiRefusals({
    CURRENCY_UNSUPPORTED: 'details.currency is the one',
    PAYMENT_LIMIT: 'the amount is over details.max',
    ORDER_ID_REUSED: 'the id is that of another top-up',
    PROVIDER_UNAVAILABLE: 'the top-up is pending; send the same again',
  })
  start(@Caller() caller: Principal, @Body() body: TopUpRequest): Promise<TopUpView> {
    return this.topUps.start(caller.userId, body);
  }

  @Get(':topUpId')
  @ApiOperation({ summary: 'Returns a top-up of yours' })
  @ApiOkResponse({ type: TopUpView })
  get(@Caller() caller: Principal, @Param('topUpId') topUpId: string): Promise<TopUpView> {
    return this.topUps.get(caller.userId, topUpId);
  }
}
