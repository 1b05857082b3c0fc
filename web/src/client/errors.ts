import * as Comlink from 'comlink';
import { AshwireError } from '../../../sdk/ashwire-error.js';

/** An AshwireError as data: errors lose their code between threads. */
export type Failure = Pick<AshwireError, 'code' | 'message' | 'details' | 'retryable'>;

export function failureOf(thrown: unknown): Failure {
  const { code, message, details, retryable } = AshwireError.from(thrown);
  return { code, message, details, retryable };
}

const plain = Comlink.transferHandlers.get('throw');

/**
 * Comlink passes on an error's name and message only. Both sides call this first: what is thrown arrives as an AshwireError
 * with its code.
 */
export function passErrors(): void {
  Comlink.transferHandlers.set('throw', {
    canHandle: (value): value is { value: unknown } => plain?.canHandle(value) ?? false,
    serialize: ({ value }: { value: unknown }) => [failureOf(value), []],
    deserialize: ({ code, message, details }: Failure) => {
      throw new AshwireError(code, details, { message });
    },
  });
}
