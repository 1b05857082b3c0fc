import { describe, expect, it } from '@jest/globals';
import { brokenKind } from './broken-kind.js';

describe('brokenKind', () => {
  it.each([
    ['STORAGE_DENIED', 'denied'],
    ['STORAGE_FULL', 'full'],
    ['STORAGE_DAMAGED', 'damaged'],
    ['STORAGE_CLOSED', 'gone'],
    ['BAD_ANSWER', 'other'],
    ['constructor', 'other'],
  ])('of %s is %s', (code, kind) => expect(brokenKind(code)).toBe(kind));
});
