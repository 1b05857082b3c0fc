import { LIMITS } from '../../../../src/protocol/limits.js';

/** As the server judges it: controls, lone surrogates, line ends, and marks that turn the direction of the text around them. */
const REFUSED = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/u;

/** What is not right about a name; undefined when the server takes it. */
export function displayNameProblem(name: string): 'empty' | 'long' | 'characters' | undefined {
  if (REFUSED.test(name)) return 'characters';
  const codePoints = [...name.normalize('NFC').trim()].length;
  if (codePoints === 0) return 'empty';
  return codePoints > LIMITS.displayNameCodePoints ? 'long' : undefined;
}
