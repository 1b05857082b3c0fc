import { describe, expect, it } from '@jest/globals';
import { TestKey } from '../spec/test-person.js';
import { isSoundPublicKey, verifySignature } from './ed25519.js';

const key = (hex: string): string => Buffer.from(hex, 'hex').toString('base64url');

describe('isSoundPublicKey', () => {
  it('accepts generated keys', () => {
    for (let i = 0; i < 5; i++) expect(isSoundPublicKey(new TestKey().publicKey)).toBe(true);
  });

  it.each([
    ['zeros (order 4)', '00'.repeat(32)],
    ['order 1', `01${'00'.repeat(31)}`],
    ['order 2', `ec${'ff'.repeat(30)}7f`],
    ['order 8', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
    ['order 8, the other', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
    ['a coordinate that is not reduced', `ee${'ff'.repeat(30)}7f`],
    ['a negative zero', `01${'00'.repeat(30)}80`],
    ['no point of the curve', `02${'00'.repeat(31)}`],
    ['all ones', 'ff'.repeat(32)],
    ['31 bytes', '11'.repeat(31)],
    ['33 bytes', '11'.repeat(33)],
  ])('refuses %s', (_, hex) => {
    expect(isSoundPublicKey(key(hex))).toBe(false);
  });

  it('refuses a second spelling of a sound key', () => {
    const { publicKey } = new TestKey();
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const other = last[last.indexOf(publicKey.slice(-1)) + 1] ?? '';
    expect(isSoundPublicKey(publicKey.slice(0, -1) + other)).toBe(false);
  });
});

describe('verifySignature', () => {
  const signer = new TestKey();
  const bytes = Buffer.from('bytes');
  const signature = signer.sign(bytes);

  it('accepts what the key signed, and nothing else', () => {
    expect(verifySignature(signer.publicKey, bytes, signature)).toBe(true);
    expect(verifySignature(new TestKey().publicKey, bytes, signature)).toBe(false);
    expect(verifySignature(signer.publicKey, Buffer.from('other'), signature)).toBe(false);
  });

  it('answers false to what is malformed', () => {
    for (const bad of ['', 'x', signature.slice(1), `${signature}A`, '!'.repeat(86)]) {
      expect(verifySignature(signer.publicKey, bytes, bad)).toBe(false);
      expect(verifySignature(bad, bytes, signature)).toBe(false);
    }
  });

  it('refuses the same signature with a scalar that is not reduced', () => {
    const order = (1n << 252n) + 27742317777372353535851937790883648493n;
    const raw = Buffer.from(signature, 'base64url');
    const scalar = BigInt(`0x${Buffer.from(raw.subarray(32)).reverse().toString('hex')}`) + order;
    const encoded = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').reverse();
    const malleated = Buffer.concat([raw.subarray(0, 32), encoded]).toString('base64url');
    expect(verifySignature(signer.publicKey, bytes, malleated)).toBe(false);
  });
});
