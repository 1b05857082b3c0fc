/** Why there is nothing to show, and so which way out there is. */
export type BrokenKind = 'denied' | 'full' | 'damaged' | 'gone' | 'other';

const KINDS: Readonly<Record<string, BrokenKind>> = {
  STORAGE_DENIED: 'denied',
  STORAGE_FULL: 'full',
  STORAGE_DAMAGED: 'damaged',
  STORAGE_CLOSED: 'gone',
  STORAGE_IN_USE: 'gone',
};

/** By the code of an AshwireError. */
export function brokenKind(code: string): BrokenKind {
  return (Object.hasOwn(KINDS, code) && KINDS[code]) || 'other';
}
