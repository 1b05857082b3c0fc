import { LIMITS } from '../../../../src/protocol/limits.js';

const USERNAME = new RegExp(LIMITS.usernamePattern);

/** What is not right about a username; undefined when the server takes such names. */
export function usernameProblem(name: string): 'characters' | 'start' | 'short' | 'long' | undefined {
  if (USERNAME.test(name)) return undefined;
  if (/[^a-z0-9_]/.test(name)) return 'characters';
  if (/^[0-9]/.test(name)) return 'start';
  return name.length < 3 ? 'short' : 'long';
}

/** As people type it: capitals and blanks around it are no matter. */
export const asUsername = (typed: string): string => typed.trim().replace(/^@/, '').toLowerCase();
