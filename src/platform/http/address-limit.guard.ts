import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { AshwireConfig } from '../../config/config.schema.js';
import { CONFIG } from '../../config/config.token.js';
import { RateLimiter } from '../rate-limit/rate-limiter.port.js';

/** One budget of HTTP requests per client address. Health checks are free. */
@Injectable()
export class AddressLimitGuard implements CanActivate {
  constructor(
    @Inject(CONFIG) private readonly config: AshwireConfig,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (!request.url.startsWith('/health/')) {
      await this.limiter.consume('http', request.ip, this.config.limits.httpPerAddress);
    }
    return true;
  }
}
