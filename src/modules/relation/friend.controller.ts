import { Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../platform/authentication/authenticator.js';
import { ApiRefusals } from '../../platform/http/api-refusals.js';
import { Caller } from '../../platform/http/request-context.js';
import { FriendList } from '../../protocol/payloads/relation.payloads.js';
import { ClaimedKeyPackage, KeyHistoryList } from '../../protocol/payloads/user.payloads.js';
import { FriendService } from './friend.service.js';

@ApiTags('friends')
@ApiBearerAuth()
@Controller('api/friends')
export class FriendController {
  constructor(@Inject(FriendService) private readonly friends: FriendService) {}

  @Get()
  @ApiOperation({ summary: 'Lists your friends, oldest friendship first' })
  @ApiOkResponse({ type: FriendList })
  list(@Caller() caller: Principal): Promise<FriendList> {
    return this.friends.list(caller.userId);
  }

  @Delete(':userId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Ends a friendship, and with it the conversation and its messages' })
  @ApiNoContentResponse()
  @ApiRefusals({ NOT_FOUND: 'no friend of yours' })
  remove(@Caller() caller: Principal, @Param('userId') userId: string): Promise<void> {
    return this.friends.remove(caller.userId, userId);
  }

  @Post(':userId/key-package')
  @HttpCode(200)
  @ApiOperation({ summary: 'Takes one key package of a friend, to start an encrypted conversation' })
  @ApiOkResponse({ type: ClaimedKeyPackage })
  @ApiRefusals({
    NOT_FOUND: 'no friend of yours',
    NOT_YOURSELF: 'the id is your own',
    KEY_PACKAGE_NONE: 'the friend has none left',
  })
  claimKeyPackage(@Caller() caller: Principal, @Param('userId') userId: string): Promise<ClaimedKeyPackage> {
    return this.friends.claimKeyPackage(caller.userId, userId);
  }

  @Get(':userId/identity-keys')
  @ApiOperation({ summary: "Lists all identity keys that a friend's account had, hash-chained, oldest first" })
  @ApiOkResponse({ type: KeyHistoryList })
  @ApiRefusals({ NOT_FOUND: 'no friend of yours' })
  listIdentityKeys(@Caller() caller: Principal, @Param('userId') userId: string): Promise<KeyHistoryList> {
    return this.friends.listIdentityKeys(caller.userId, userId);
  }
}
