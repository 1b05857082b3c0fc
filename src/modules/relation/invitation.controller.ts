import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Principal } from '../../platform/authentication/authenticator.js';
import { ApiRefusals } from '../../platform/http/api-refusals.js';
import { Caller } from '../../platform/http/request-context.js';
import {
  CreatedInvitation,
  FriendView,
  InvitationList,
  RedeemInvitationRequest,
} from '../../protocol/payloads/relation.payloads.js';
import { InvitationService } from './invitation.service.js';

@ApiTags('invitations')
@ApiBearerAuth()
@Controller('api/invitations')
export class InvitationController {
  constructor(@Inject(InvitationService) private readonly invitations: InvitationService) {}

  @Post()
  @ApiOperation({ summary: 'Makes a one-time invitation for 24 hours; its code is shown only here' })
  @ApiCreatedResponse({ type: CreatedInvitation })
  @ApiRefusals({ INVITATION_LIMIT: 'twenty are open' })
  create(@Caller() caller: Principal): Promise<CreatedInvitation> {
    return this.invitations.create(caller.userId);
  }

  @Get()
  @ApiOperation({ summary: 'Lists your open invitations' })
  @ApiOkResponse({ type: InvitationList })
  list(@Caller() caller: Principal): Promise<InvitationList> {
    return this.invitations.list(caller.userId);
  }

  @Delete(':invitationId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revokes an invitation of yours' })
  @ApiNoContentResponse()
  @ApiRefusals({ NOT_FOUND: 'you have no such invitation' })
  revoke(@Caller() caller: Principal, @Param('invitationId') invitationId: string): Promise<void> {
    return this.invitations.revoke(invitationId, caller.userId);
  }

  @Post('redeem')
  @HttpCode(200)
  @ApiOperation({ summary: 'Becomes the friend of who made the invitation' })
  @ApiBody({ type: RedeemInvitationRequest })
  @ApiOkResponse({ type: FriendView })
  @ApiRefusals({
    INVITATION_INVALID: 'it is unknown, used, expired, or not for you',
    FRIEND_LIMIT: 'details.side is yours or theirs',
    ALREADY_FRIENDS: 'the invitation stays open',
  })
  redeem(@Caller() caller: Principal, @Body() body: RedeemInvitationRequest): Promise<FriendView> {
    return this.invitations.redeem(body.code, caller.userId);
  }
}
