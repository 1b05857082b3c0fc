import { Controller, Delete, Get, HttpCode, Inject, Param } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../platform/authentication/authenticator.js';
import { ApiRefusals } from '../../platform/http/api-refusals.js';
import { Caller } from '../../platform/http/request-context.js';
import { SessionList } from '../../protocol/payloads/user.payloads.js';
import { SessionService } from './session.service.js';

@ApiTags('sessions')
@ApiBearerAuth()
@Controller('api/sessions')
export class SessionController {
  constructor(@Inject(SessionService) private readonly sessions: SessionService) {}

  @Get()
  @ApiOperation({ summary: 'Lists your sessions' })
  @ApiOkResponse({ type: SessionList })
  list(@Caller() caller: Principal): Promise<SessionList> {
    return this.sessions.list(caller);
  }

  @Delete(':sessionId')
  @ApiOperation({ summary: 'Ends a session of yours and closes its connections' })
  @ApiRefusals({ NOT_FOUND: 'no session of yours' })
  @HttpCode(204)
  @ApiNoContentResponse()
  revoke(@Caller() caller: Principal, @Param('sessionId') sessionId: string): Promise<void> {
    return this.sessions.revoke(caller, sessionId);
  }
}
