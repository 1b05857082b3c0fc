import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Role } from '../../protocol/payloads/user.payloads.js';
import type { Principal } from '../authentication/authenticator.js';

/** A request after the access guard has seen it. */
export interface AuthenticatedRequest extends FastifyRequest {
  principal?: Principal;
}

export const PUBLIC_ROUTE = 'ashwire:public-route';
export const REQUIRED_ROLE = 'ashwire:required-role';

/** The route needs no access token. Every other one does. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC_ROUTE, true);
export const RequiresRole = (role: Role): MethodDecorator & ClassDecorator => SetMetadata(REQUIRED_ROLE, role);

/** The caller, proven by its access token. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!principal) throw new Error('@Caller() on a public route');
  return principal;
});

/** The client's network address, as the trusted proxies say. For rate limits; never logged. */
export const ClientAddress = createParamDecorator(
  (_: unknown, context: ExecutionContext): string => context.switchToHttp().getRequest<FastifyRequest>().ip,
);
