import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Role } from '../../protocol/payloads/user.payloads.js';
import { DomainError } from '../../shared/domain-error.js';
import { Authenticator } from '../authentication/authenticator.js';
import { type AuthenticatedRequest, PUBLIC_ROUTE, REQUIRED_ROLE } from './request-context.js';

/** Closed by default: a route without @Public() is reached with a valid access token only. A guard, since middleware was bypassed four times by path tricks under Fastify. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @Inject(Authenticator) private readonly authenticator: Authenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_ROUTE, targets)) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const match = /^Bearer ([A-Za-z0-9._~+/-]{1,2048}=*)$/.exec(request.headers.authorization ?? '');
    if (!match?.[1]) throw new DomainError('UNAUTHENTICATED');
    request.principal = await this.authenticator.authenticate(match[1]);
    const role = this.reflector.getAllAndOverride<Role | undefined>(REQUIRED_ROLE, targets);
    if (role && request.principal.role !== role) throw new DomainError('NOT_FOUND');
    return true;
  }
}
