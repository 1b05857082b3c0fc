import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Health } from '../../protocol/payloads/connection.payloads.js';
import { DomainError } from '../../shared/domain-error.js';
import { Database } from '../database/database.port.js';
import { RedisConnections } from '../redis/redis-connections.js';
import { ConnectionDrain } from '../socket/connection-drain.js';
import { Public } from './request-context.js';

const ANSWER_WITHIN_MS = 2_000;

@ApiTags('health')
@Public()
@Controller('health')
export class HealthController {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(RedisConnections) private readonly redis: RedisConnections,
    @Inject(ConnectionDrain) private readonly drain: ConnectionDrain,
  ) {}

  /** The process runs. Asks nobody: a node is not to be killed because its stores are away. */
  @Get('live')
  @ApiOperation({ summary: 'Tells that the process runs' })
  @ApiOkResponse({ type: Health })
  live(): Health {
    return { status: 'ok' };
  }

  /** The process can serve: its stores answer, and it is not about to stop. UNAVAILABLE otherwise. */
  @Get('ready')
  @ApiOperation({ summary: 'Tells that the stores answer and that the node is not stopping' })
  @ApiOkResponse({ type: Health })
  async ready(): Promise<Health> {
    if (this.drain.isDraining) throw new DomainError('UNAVAILABLE');
    await Promise.all([withinBound(this.database.ping()), withinBound(this.redis.ping())]);
    return { status: 'ok' };
  }
}

async function withinBound(answer: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DomainError('UNAVAILABLE')), ANSWER_WITHIN_MS);
  });
  await Promise.race([answer, silence]).finally(() => clearTimeout(timer));
}
