import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../platform/authentication/authenticator.js';
import { ApiRefusals } from '../../platform/http/api-refusals.js';
import { Caller } from '../../platform/http/request-context.js';
import { BlockList, BlockRequest } from '../../protocol/payloads/relation.payloads.js';
import { BlockService } from './block.service.js';

@ApiTags('blocks')
@ApiBearerAuth()
@Controller('api/blocks')
export class BlockController {
  constructor(@Inject(BlockService) private readonly blocks: BlockService) {}

  @Get()
  @ApiOperation({ summary: 'Lists whom you block' })
  @ApiOkResponse({ type: BlockList })
  list(@Caller() caller: Principal): Promise<BlockList> {
    return this.blocks.list(caller.userId);
  }

  @Post()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Blocks a user: ends the friendship and the requests between you, and lets no new one reach you',
  })
  @ApiBody({ type: BlockRequest })
  @ApiRefusals({ NOT_YOURSELF: 'the id is your own' })
  @ApiNoContentResponse()
  block(@Caller() caller: Principal, @Body() body: BlockRequest): Promise<void> {
    return this.blocks.block(caller.userId, body.userId);
  }

  @Delete(':userId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Lifts a block of yours' })
  @ApiNoContentResponse()
  unblock(@Caller() caller: Principal, @Param('userId') userId: string): Promise<void> {
    return this.blocks.unblock(caller.userId, userId);
  }
}
