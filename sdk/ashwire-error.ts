import { type ErrorCode, ERRORS } from '../src/protocol/errors.js';
import { STORAGE_ERRORS, StorageError, type StorageErrorCode } from './storage/storage-error.js';

/** Refusals that the SDK itself makes; the others ({@link ErrorCode}) come from the server. */
export const CLIENT_ERRORS = {
  NOT_REGISTERED: 'This storage holds no account. Register, or recover one with its recovery words.',
  ALREADY_REGISTERED: 'This storage holds an account already. Log out first, or use another storage.',
  OFFLINE: 'There is no connection to the server. It will be tried again.',
  TIMEOUT: 'The server did not answer in time.',
  STOPPED: 'This client was stopped.',
  UNSTABLE: 'The connection to the server does not hold, or does not bring what is missing. It is tried once a minute.',
  BAD_ANSWER: 'The server answered with something that is not Ashwire. Check its address and version.',
  ANSWER_TOO_LARGE: 'The server answered with more than 1 MB, which is refused.',
  PROOF_OF_WORK_FAILED:
    'The proof of work was not found in time, or the server asks for an unreasonable one. Try again.',
  BAD_RECOVERY_WORDS: 'These are not 24 valid recovery words.',
  RECOVERY_KEY_MISMATCH: 'These recovery words are not the current ones of this account.',
  KEY_CHANGED: 'The identity key of this friend has changed. Compare safety numbers, then accept the new key.',
  KEY_COMPROMISED:
    'The identity key of this friend cannot be proven. Nothing is sent. Meet, and start the friendship anew.',
  INVITATION_MALFORMED: 'This is not an Ashwire invitation.',
  INVITATION_OTHER_SERVER: 'This invitation is for another server.',
  INVITATION_KEY_MISMATCH:
    'The server answered with another person or key than the invitation names. Do not trust this contact.',
  MESSAGE_TOO_LONG: 'A message has at most 8,000 bytes.',
  UNREADABLE: 'A message could not be decrypted. Its sender will have to send it again.',
  SESSION_RESET: 'The encryption was started anew before this message arrived. It was sent again under another id.',
  SESSION_UNAVAILABLE: 'The encrypted session cannot be set up now. It will be tried again.',
  ROSTER_MISMATCH:
    'The server names other members than the encryption of this group has. Nothing is sent until the two agree.',
  CARD_MISMATCH: 'The server has no such order of this sender for you. Do not believe the card.',
  BALANCE_NOT_EMPTY: 'There is money in this account. Withdraw it first, or say that it may be forfeited.',
} as const;

export type ClientErrorCode = keyof typeof CLIENT_ERRORS;
export type AshwireErrorCode = ErrorCode | ClientErrorCode | StorageErrorCode;

const RETRYABLE: readonly string[] = ['OFFLINE', 'TIMEOUT', 'SESSION_UNAVAILABLE', 'PROOF_OF_WORK_FAILED'];
const MAX_TEXT = 300;

/**
 * The one error class of the SDK. `code` is stable and says what happened, `message` is a sentence for a person, `retryable`
 * tells whether the same call may succeed later, and `details` is what the server added (`retryAfterMs` for example).
 */
export class AshwireError extends Error {
  override readonly name = 'AshwireError';
  readonly retryable: boolean;

  constructor(
    readonly code: AshwireErrorCode,
    readonly details: Readonly<Record<string, unknown>> = {},
    options: { readonly message?: string; readonly cause?: unknown } = {},
  ) {
    super(options.message ?? messageOf(code), options.cause === undefined ? {} : { cause: options.cause });
    this.retryable = code in ERRORS ? ERRORS[code as ErrorCode].retryable : RETRYABLE.includes(code);
  }

  /** Milliseconds the server asked to wait, 0 when it did not say, never more than five minutes. */
  get retryAfterMs(): number {
    const value = this.details['retryAfterMs'];
    return typeof value === 'number' && value > 0 ? Math.min(value, 300_000) : 0;
  }

  /** Anything thrown as an AshwireError: a storage's refusals keep their code; what is unexpected becomes BAD_ANSWER. */
  static from(thrown: unknown): AshwireError {
    if (thrown instanceof AshwireError) return thrown;
    if (thrown instanceof StorageError) return new AshwireError(thrown.code, {}, { cause: thrown });
    return new AshwireError(
      'BAD_ANSWER',
      {},
      { cause: thrown, message: thrown instanceof Error ? thrown.message : String(thrown) },
    );
  }

  /** An error as it came over the wire. What is not of the shape, or of an unknown code, is BAD_ANSWER. */
  static fromWire(wire: unknown): AshwireError {
    if (typeof wire !== 'object' || wire === null) return new AshwireError('BAD_ANSWER');
    const { code, message, details } = wire as Record<string, unknown>;
    if (typeof code !== 'string' || !Object.hasOwn(ERRORS, code))
      return new AshwireError('BAD_ANSWER', { code: String(code).slice(0, 40) });
    const text = typeof message === 'string' ? message.slice(0, MAX_TEXT) : undefined;
    const facts = typeof details === 'object' && details !== null ? (details as Record<string, unknown>) : {};
    return new AshwireError(code as ErrorCode, facts, text === undefined ? {} : { message: text });
  }
}

const SENTENCES: Readonly<Record<string, string>> = { ...CLIENT_ERRORS, ...STORAGE_ERRORS };

function messageOf(code: AshwireErrorCode): string {
  return SENTENCES[code] ?? ERRORS[code as ErrorCode].message;
}
