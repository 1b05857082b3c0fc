import { LIMITS } from '../../../protocol/limits.js';
import { DomainError } from '../../../shared/domain-error.js';

/** Controls, lone surrogates, line separators, and the marks that turn the direction of the text around them. */
const REFUSED = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/u;

/** The name as it is stored: trimmed and in NFC, so that what looks alike is alike. Throws BAD_REQUEST. */
export function displayNameOf(text: string): string {
  if (REFUSED.test(text)) throw refusal('must have no control characters or marks that turn its direction');
  const name = text.normalize('NFC').trim();
  const codePoints = [...name].length;
  if (codePoints < 1 || codePoints > LIMITS.displayNameCodePoints) {
    throw refusal(`must have 1 to ${LIMITS.displayNameCodePoints} characters`);
  }
  return name;
}

const refusal = (problem: string): DomainError =>
  new DomainError('BAD_REQUEST', { problems: [{ field: 'displayName', problem }] });
