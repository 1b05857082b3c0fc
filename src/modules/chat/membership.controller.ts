import { Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../platform/authentication/authenticator.js';
import { ApiRefusals } from '../../platform/http/api-refusals.js';
import { Caller } from '../../platform/http/request-context.js';
import { MembershipService } from './membership.service.js';

@ApiTags('groups')
@ApiBearerAuth()
@Controller('api/groups')
export class MembershipController {
  constructor(@Inject(MembershipService) private readonly membership: MembershipService) {}

  @Post(':groupId/leave')
  @HttpCode(204)
  @ApiOperation({ summary: 'Leaves a group; the longest member inherits it, and with the last one it goes' })
  @ApiNoContentResponse()
  @ApiRefusals({ NOT_FOUND: 'no group of yours' })
  leave(@Caller() caller: Principal, @Param('groupId') groupId: string): Promise<void> {
    return this.membership.leave(caller.userId, groupId);
  }
}
