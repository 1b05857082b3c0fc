import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Health } from '../../protocol/payloads/connection.payloads.js';
import { Database } from '../database/database.port.js';
import { RedisConnections } from '../redis/redis-connections.js';
import { Public } from './request-context.js';

@ApiTags('health')
@Public()
@Controller('health')
export class HealthController {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(RedisConnections) private readonly redis: RedisConnections,
  ) {}

  /** The process runs. */
  @Get('live')
  @ApiOperation({ summary: 'Tells that the process runs' })
  @ApiOkResponse({ type: Health })
  live(): Health {
    return { status: 'ok' };
  }

  /** The process can serve: its stores answer. UNAVAILABLE otherwise. */
  @Get('ready')
  @ApiOperation({ summary: 'Tells that the stores answer' })
  @ApiOkResponse({ type: Health })
  async ready(): Promise<Health> {
    await Promise.all([this.database.ping(), this.redis.ping()]);
    return { status: 'ok' };
  }
}
