import { Controller, createParamDecorator, type ExecutionContext, HttpCode, Inject, Post } from '@nestjs/common';
import type { RawBodyRequest } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ApiRefusals } from '../../../platform/http/api-refusals.js';
import { Public } from '../../../platform/http/request-context.js';
import { CallbackResult, ProviderCallback } from '../../../protocol/payloads/payment.payloads.js';
import type { ReceivedCallback } from '../ports/payment-provider.port.js';
import { ProviderCallbackService } from './provider-callback.service.js';

/** Not as `@Body()`: that would be checked before the signature is. */
const Received = createParamDecorator((_: unknown, context: ExecutionContext): ReceivedCallback => {
  const { headers, rawBody } = context.switchToHttp().getRequest<RawBodyRequest<FastifyRequest>>();
  return { headers, body: rawBody ?? Buffer.alloc(0) };
});

@ApiTags('payments')
@Controller('api/payments/callbacks')
export class ProviderCallbackController {
  constructor(@Inject(ProviderCallbackService) private readonly callbacks: ProviderCallbackService) {}

  @Public()
  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'For the payment provider: reports how a top-up or withdrawal ended',
    description:
      'Signed as in https://www.standardwebhooks.com, by the headers webhook-id, webhook-timestamp and webhook-signature. The first report is final; the answer has the state in which it left its reference.',
  })
  @ApiBody({ type: ProviderCallback })
  @ApiOkResponse({ type: CallbackResult })
  @ApiRefusals({
    CALLBACK_INVALID: 'signature or time are wrong, or the reference is about another amount',
    NOT_FOUND: 'there is no such reference, or this server has the sandbox',
  })
  take(@Received() callback: ReceivedCallback): Promise<CallbackResult> {
    return this.callbacks.take(callback);
  }
}
