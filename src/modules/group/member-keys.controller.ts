import { Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../platform/authentication/authenticator.js';
import { ApiRefusals } from '../../platform/http/api-refusals.js';
import { Caller } from '../../platform/http/request-context.js';
import { ClaimedKeyPackage, KeyHistoryList } from '../../protocol/payloads/user.payloads.js';
import { MemberKeysService } from './member-keys.service.js';

@ApiTags('groups')
@ApiBearerAuth()
@Controller('api/groups/:groupId/members/:userId')
export class MemberKeysController {
  constructor(@Inject(MemberKeysService) private readonly keys: MemberKeysService) {}

  @Get('identity-keys')
  @ApiOperation({ summary: "Lists all identity keys that a fellow member's account had, hash-chained, oldest first" })
  @ApiOkResponse({ type: KeyHistoryList })
  @ApiRefusals({ NOT_FOUND: 'you are not both in this group' })
  listIdentityKeys(
    @Caller() caller: Principal,
    @Param('groupId') groupId: string,
    @Param('userId') userId: string,
  ): Promise<KeyHistoryList> {
    return this.keys.listIdentityKeys(caller.userId, groupId, userId);
  }

  @Post('key-package')
  @HttpCode(200)
  @ApiOperation({ summary: 'Takes one key package of a fellow member, to start the encryption anew' })
  @ApiOkResponse({ type: ClaimedKeyPackage })
  @ApiRefusals({
    NOT_FOUND: 'you are not both in this group',
    NOT_YOURSELF: 'the id is your own',
    KEY_PACKAGE_NONE: 'the member has none left',
  })
  claimKeyPackage(
    @Caller() caller: Principal,
    @Param('groupId') groupId: string,
    @Param('userId') userId: string,
  ): Promise<ClaimedKeyPackage> {
    return this.keys.claimKeyPackage(caller.userId, groupId, userId);
  }
}
