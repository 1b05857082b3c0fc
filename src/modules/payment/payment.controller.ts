import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../platform/authentication/authenticator.js';
import { ApiRefusals } from '../../platform/http/api-refusals.js';
import { Caller } from '../../platform/http/request-context.js';
import {
  BalanceView,
  PaymentOrderList,
  PaymentOrderRequest,
  PaymentOrderView,
  PaymentTerms,
  Statement,
  StatementQuery,
} from '../../protocol/payloads/payment.payloads.js';
import { PaymentAccountService } from './payment-account.service.js';
import { PaymentOrderService } from './payment-order.service.js';

@ApiTags('payments')
@ApiBearerAuth()
@Controller('api/payments')
export class PaymentController {
  constructor(
    @Inject(PaymentAccountService) private readonly accounts: PaymentAccountService,
    @Inject(PaymentOrderService) private readonly orders: PaymentOrderService,
  ) {}

  @Get('terms')
  @ApiOperation({ summary: "Tells what this server's money is, and its caps" })
  @ApiOkResponse({ type: PaymentTerms })
  terms(): PaymentTerms {
    return this.accounts.terms();
  }

  @Post('orders')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Pays a friend, or sends a red packet. Sent again, it has no second effect and the same answer',
  })
  @ApiOkResponse({ type: PaymentOrderView })
  @ApiRefusals({
    NOT_FOUND: 'the payee is no friend of yours',
    NOT_YOURSELF: 'the payee is you',
    CURRENCY_UNSUPPORTED: 'another currency',
    INSUFFICIENT_FUNDS: 'the balance is too low',
    PAYMENT_LIMIT: 'more than one order may move',
    PAYMENT_DAY_LIMIT: 'more than what is left of the day',
    ORDER_ID_REUSED: 'the id belongs to another order',
    ORDER_OUTDATED: 'the signed time is too far from details.serverTime',
    BAD_SIGNATURE: 'not your identity key over exactly this order',
    PAYEE_KEY_CHANGED: 'the payee has another identity key',
    PAYEE_KEY_RECENT: "the payee's identity key is new and not confirmed",
  })
  place(@Caller() caller: Principal, @Body() request: PaymentOrderRequest): Promise<PaymentOrderView> {
    return this.orders.place(caller.userId, request);
  }

  @Get('orders')
  @ApiOperation({ summary: 'Lists red packets that wait: those for you and those of yours, oldest first' })
  @ApiOkResponse({ type: PaymentOrderList })
  listPending(@Caller() caller: Principal): Promise<PaymentOrderList> {
    return this.orders.listPending(caller.userId);
  }

  @Get('orders/:orderId')
  @ApiOperation({ summary: 'Shows an order to its payer and its payee' })
  @ApiOkResponse({ type: PaymentOrderView })
  @ApiRefusals({ NOT_FOUND: 'no order of yours' })
  show(@Caller() caller: Principal, @Param('orderId') orderId: string): Promise<PaymentOrderView> {
    return this.orders.show(caller.userId, orderId);
  }

  @Post('orders/:orderId/claim')
  @HttpCode(200)
  @ApiOperation({ summary: 'Claims a red packet. Sent again, it has no second effect and the same answer' })
  @ApiOkResponse({ type: PaymentOrderView })
  @ApiRefusals({ NOT_FOUND: 'no red packet for you', ORDER_EXPIRED: 'its time is over, or it went back' })
  claim(@Caller() caller: Principal, @Param('orderId') orderId: string): Promise<PaymentOrderView> {
    return this.orders.claim(caller.userId, orderId);
  }

  @Get('balance')
  @ApiOperation({ summary: 'Shows your balance' })
  @ApiOkResponse({ type: BalanceView })
  balance(@Caller() caller: Principal): Promise<BalanceView> {
    return this.accounts.balance(caller.userId);
  }

  @Get('statement')
  @ApiOperation({ summary: 'Lists what came to your account and left it, newest first' })
  @ApiOkResponse({ type: Statement })
  @ApiRefusals({ BAD_REQUEST: 'details.problems names the fields' })
  statement(@Caller() caller: Principal, @Query() query: StatementQuery): Promise<Statement> {
    return this.accounts.statement(caller.userId, query);
  }
}
