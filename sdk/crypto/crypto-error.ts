/**
 * - `DECRYPT_FAILED` the message does not open with this state: damaged, forged, or for another state.
 * - `REPLAYED` its key has been used: it was decrypted before, or it is one's own. Not an attack by itself.
 * - `STALE_EPOCH` older than the previous epoch, or the state cannot be used any more (removed from the group).
 * - `FUTURE_EPOCH` a commit is missing: fetch the handshakes, then try again.
 * - `UNTRUSTED_MEMBER` a member, sender or key that is not pinned, not certified or not expected here.
 * - `BAD_MESSAGE` malformed, of the wrong kind, or not allowed by Ashwire's rules.
 * - `BAD_KEY_PACKAGE` malformed, of another suite, not of this time, or wrongly signed.
 */
export type CryptoErrorCode =
  | 'DECRYPT_FAILED'
  | 'REPLAYED'
  | 'STALE_EPOCH'
  | 'FUTURE_EPOCH'
  | 'UNTRUSTED_MEMBER'
  | 'BAD_MESSAGE'
  | 'BAD_KEY_PACKAGE';

/** The only error that the crypto engine throws on bad input. `code` is stable; `message` never holds keys or content. */
export class CryptoError extends Error {
  override readonly name = 'CryptoError';

  constructor(
    readonly code: CryptoErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Runs `action`; whatever it throws that is not a CryptoError yet becomes one with `code`. */
export async function withErrorCode<T>(
  code: CryptoErrorCode,
  message: string,
  action: () => T | Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof CryptoError) throw error;
    throw new CryptoError(code, message, { cause: error });
  }
}
