import type { ErrorCode, WireError } from '../protocol/errors.js';
import { ERRORS } from '../protocol/errors.js';

/** A refusal that a caller can act on. The edges turn it into the wire shape; everything else thrown becomes INTERNAL. */
export class DomainError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly details: Readonly<Record<string, unknown>> = {},
    message: string = ERRORS[code].message,
  ) {
    super(message);
    this.name = 'DomainError';
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }

  toWire(): WireError {
    return { code: this.code, message: this.message, details: this.details };
  }
}
