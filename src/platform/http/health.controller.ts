import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Health } from '../../protocol/payloads/connection.payloads.js';
import { Database } from '../database/database.port.js';
import { Public } from './request-context.js';

@ApiTags('health')
@Public()
@Controller('health')
export class HealthController {
  constructor(@Inject(Database) private readonly database: Database) {}

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
    await this.database.ping();
    return { status: 'ok' };
  }
}
