import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, ERRORS, type WireError } from '../../protocol/errors.js';
import { DomainError } from '../../shared/domain-error.js';

/** The refusals of Fastify and Nest by their status; what is not in the list is a defect of ours. */
const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  408: 'REQUEST_TIMEOUT',
  413: 'PAYLOAD_TOO_LARGE',
  414: 'NOT_FOUND',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

/** Any thrown thing as what may leave the server. What is unexpected is INTERNAL; `unexpected` tells the caller to log it. */
export function wireErrorOf(thrown: unknown, requestId: string): { error: WireError; unexpected: boolean } {
  const refusal = asDomainError(thrown);
  if (refusal) return { error: refusal.toWire(), unexpected: false };
  return { error: { code: 'INTERNAL', message: ERRORS.INTERNAL.message, details: { requestId } }, unexpected: true };
}

function asDomainError(thrown: unknown): DomainError | undefined {
  if (thrown instanceof DomainError) return thrown;
  if (isAbort(thrown)) return new DomainError('BAD_REQUEST');
  if (!(thrown instanceof HttpException)) return undefined;
  const code = CODE_OF_STATUS[thrown.getStatus()];
  return code ? new DomainError(code) : undefined;
}

/** The client went away, or broke its own body off: nobody is left to answer, and nothing of ours is wrong. */
function isAbort(thrown: unknown): boolean {
  const { code, message } = (thrown ?? {}) as { code?: unknown; message?: unknown };
  return code === 'ECONNRESET' && message === 'aborted';
}

@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { error, unexpected } = wireErrorOf(thrown, request.id);
    if (unexpected) {
      this.logger.error({ requestId: request.id, stack: thrown instanceof Error ? thrown.stack : String(thrown) });
    }
    const retryAfterMs: unknown = error.details['retryAfterMs'];
    if (typeof retryAfterMs === 'number') void reply.header('Retry-After', Math.ceil(retryAfterMs / 1_000));
    void reply.status(ERRORS[error.code].status).send({ error });
  }
}
