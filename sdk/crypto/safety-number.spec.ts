import { describe, expect, it } from '@jest/globals';
import { encodeBase64Url } from './base64url.js';
import { compareSafetyQr, digitsOf, encodeSafetyQr, fingerprintBytes, safetyNumberOf } from './safety-number.js';

const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
const alice = { userId: 'alice', identityKey: encodeBase64Url(new Uint8Array(32).fill(1)) };
const bob = { userId: 'bob', identityKey: encodeBase64Url(new Uint8Array(32).fill(2)) };
const changedBob = { ...bob, identityKey: alice.identityKey };

describe('safety number', () => {
  it("computes a side as Signal does (libsignal's fingerprint tests, keys with their type byte)", () => {
    const sides = [
      ['0506863bc66d02b40d27b8d49ca7c09e9239236f9d7d25d6fcca5ce13c7064d868', '+14152222222'],
      ['05f781b6fb32fed9ba1cf2de978d4d5da28dc34046ae814402b5c0dbd96fda907b', '+14153333333'],
    ] as const;
    const digits = sides.map(([key, id]) => digitsOf(fingerprintBytes(fromHex(key), new TextEncoder().encode(id))));
    expect(digits.sort().join('')).toBe('300354477692869396892869876765458257569162576843440918079131');
  });

  it('is the same for both, in 12 groups of 5 digits', () => {
    const number = safetyNumberOf(alice, bob);
    expect(number).toBe(safetyNumberOf(bob, alice));
    expect(number).toMatch(/^\d{5}( \d{5}){11}$/);
  });

  it('changes with a key, and with a user id', () => {
    const number = safetyNumberOf(alice, bob);
    expect(safetyNumberOf(alice, changedBob)).not.toBe(number);
    expect(safetyNumberOf(alice, { ...bob, userId: 'carol' })).not.toBe(number);
  });

  it('compares a scanned code: match, changed key, other people', () => {
    const shownByBob = encodeSafetyQr(bob, alice);
    expect(compareSafetyQr(shownByBob, alice, bob)).toBe('match');
    expect(compareSafetyQr(shownByBob, alice, changedBob)).toBe('changed-key');
    expect(compareSafetyQr(encodeSafetyQr(bob, { ...alice, identityKey: bob.identityKey }), alice, bob)).toBe(
      'changed-key',
    );
    expect(compareSafetyQr(encodeSafetyQr({ ...bob, userId: 'carol' }, alice), alice, bob)).toBe('other-people');
    expect(compareSafetyQr(encodeSafetyQr(alice, bob), alice, bob)).toBe('other-people');
    for (const text of ['', 'https://example.org', `${shownByBob}/x`]) {
      expect(compareSafetyQr(text, alice, bob)).toBe('other-people');
    }
  });
});
