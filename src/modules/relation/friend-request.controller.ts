import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiBody,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Principal } from '../../platform/authentication/authenticator.js';
import { ApiRefusals } from '../../platform/http/api-refusals.js';
import { Caller } from '../../platform/http/request-context.js';
import {
  FriendRequestList,
  FriendRequestRequest,
  FriendView,
  OutgoingRequest,
} from '../../protocol/payloads/relation.payloads.js';
import { FriendRequestService } from './friend-request.service.js';

@ApiTags('friend requests')
@ApiBearerAuth()
@Controller('api/friend-requests')
export class FriendRequestController {
  constructor(@Inject(FriendRequestService) private readonly requests: FriendRequestService) {}

  @Get()
  @ApiOperation({ summary: 'Lists the requests made to you and by you, oldest first' })
  @ApiOkResponse({ type: FriendRequestList })
  list(@Caller() caller: Principal): Promise<FriendRequestList> {
    return this.requests.list(caller.userId);
  }

  @Post()
  @HttpCode(202)
  @ApiOperation({
    summary: 'Asks for a friendship by exact username; the answer does not tell whether the account exists',
  })
  @ApiBody({ type: FriendRequestRequest })
  @ApiAcceptedResponse({ type: OutgoingRequest })
  @ApiRefusals({
    NOT_YOURSELF: 'the name is your own',
    ALREADY_FRIENDS: 'there is nothing to ask',
    REQUEST_LIMIT: 'five of yours wait',
    FRIEND_LIMIT: 'the other side had asked you, and details.side has 20 friends: yours or theirs',
  })
  ask(@Caller() caller: Principal, @Body() body: FriendRequestRequest): Promise<OutgoingRequest> {
    return this.requests.ask(caller.userId, body.username);
  }

  @Post(':requestId/accept')
  @HttpCode(200)
  @ApiOperation({ summary: 'Accepts a request made to you' })
  @ApiOkResponse({ type: FriendView })
  @ApiRefusals({
    NOT_FOUND: 'no such request is waiting for you',
    FRIEND_LIMIT: 'details.side is yours or theirs',
    ALREADY_FRIENDS: 'another request or an invitation came first',
  })
  accept(@Caller() caller: Principal, @Param('requestId') requestId: string): Promise<FriendView> {
    return this.requests.accept(requestId, caller.userId);
  }

  @Post(':requestId/decline')
  @HttpCode(204)
  @ApiOperation({ summary: 'Declines a request made to you; the other side is not told' })
  @ApiNoContentResponse()
  @ApiRefusals({ NOT_FOUND: 'no such request is waiting for you' })
  decline(@Caller() caller: Principal, @Param('requestId') requestId: string): Promise<void> {
    return this.requests.decline(requestId, caller.userId);
  }

  @Delete(':requestId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Cancels a request of yours' })
  @ApiNoContentResponse()
  cancel(@Caller() caller: Principal, @Param('requestId') requestId: string): Promise<void> {
    return this.requests.cancel(requestId, caller.userId);
  }
}
