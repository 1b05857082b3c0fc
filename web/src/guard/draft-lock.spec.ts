import { describe, expect, it } from '@jest/globals';
import { type Copied, copiedFrom, isFromElsewhere } from './draft-lock.js';

const secret = 'The merger is on Friday,\n  tell nobody';
const copied = copiedFrom('a', secret, 1_000) as Copied;

describe('the lock of a draft', () => {
  it('knows what was copied in another conversation, however it is spaced', () => {
    expect(isFromElsewhere(copied, 'b', secret, 2_000)).toBe(true);
    expect(isFromElsewhere(copied, 'b', ' The merger is on Friday, tell nobody\n', 2_000)).toBe(true);
    expect(isFromElsewhere(copied, 'b', `> ${secret} <`, 2_000)).toBe(true);
  });

  it('says nothing in the same conversation, of another text, or after the hour', () => {
    expect(isFromElsewhere(copied, 'a', secret, 2_000)).toBe(false);
    expect(isFromElsewhere(copied, 'b', 'The merger is on Monday, tell nobody', 2_000)).toBe(false);
    expect(isFromElsewhere(copied, 'b', secret.slice(0, 20), 2_000)).toBe(false);
    expect(isFromElsewhere(copied, 'b', secret, 1_001 + 3_600_000)).toBe(false);
  });

  it('does not watch over what everybody writes', () => {
    expect(copiedFrom('a', ' ok ', 0)).toBeUndefined();
  });

  it('keeps nothing of the text', () => {
    expect(JSON.stringify(copied)).not.toMatch(/merger|Friday/);
  });
});
