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
import { CreateGroupRequest, GroupList, GroupView } from '../../protocol/payloads/group.payloads.js';
import { GroupService } from './group.service.js';

@ApiTags('groups')
@ApiBearerAuth()
@Controller('api/groups')
export class GroupController {
  constructor(@Inject(GroupService) private readonly groups: GroupService) {}

  @Post()
  @ApiOperation({ summary: 'Founds a group with friends of yours; the same clientGroupId again gives the same group' })
  @ApiBody({ type: CreateGroupRequest })
  @ApiCreatedResponse({ type: GroupView })
  @ApiRefusals({
    NOT_FOUND: 'somebody is no friend of yours',
    NOT_YOURSELF: 'you are a member anyway',
    GROUP_COUNT_LIMIT: 'details.userId is in 20 groups already',
  })
  create(@Caller() caller: Principal, @Body() body: CreateGroupRequest): Promise<GroupView> {
    return this.groups.create(caller.userId, body);
  }

  @Get()
  @ApiOperation({ summary: 'Lists the groups that you are in, the oldest first' })
  @ApiOkResponse({ type: GroupList })
  list(@Caller() caller: Principal): Promise<GroupList> {
    return this.groups.list(caller.userId);
  }

  @Get(':groupId')
  @ApiOperation({ summary: 'Shows a group with its members, the longest member first' })
  @ApiOkResponse({ type: GroupView })
  @ApiRefusals({ NOT_FOUND: 'no group of yours' })
  get(@Caller() caller: Principal, @Param('groupId') groupId: string): Promise<GroupView> {
    return this.groups.get(caller.userId, groupId);
  }

  @Delete(':groupId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Dissolves a group, and with it the conversation and its messages' })
  @ApiNoContentResponse()
  @ApiRefusals({ NOT_FOUND: 'no group of yours', GROUP_OWNER_ONLY: 'the group is not yours' })
  dissolve(@Caller() caller: Principal, @Param('groupId') groupId: string): Promise<void> {
    return this.groups.dissolve(caller.userId, groupId);
  }
}
