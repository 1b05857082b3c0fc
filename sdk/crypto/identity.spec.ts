import { ed25519 } from '@noble/curves/ed25519.js';
import { describe, expect, it } from '@jest/globals';
import type { KeyHistoryEntry } from '../../src/protocol/signing.js';
import { encodeBase64Url } from './base64url.js';
import { isSoundPublicKey, verifySignature } from './ed25519-keys.js';
import { IdentityKey, issueKeyHistoryEntry, userIdOf, verifyDeviceCertificate, verifyKeyHistory } from './identity.js';
import { newDevice, utf8 } from './people.fixture.js';

const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

describe('IdentityKey', () => {
  it('signs as RFC 8032 does (section 7.1, test 2)', async () => {
    const identity = IdentityKey.fromSeed(fromHex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb'));
    expect(Buffer.from(identity.publicKey).toString('hex')).toBe(
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    );
    const signature = await identity.sign(fromHex('72'));
    expect(Buffer.from(signature).toString('hex')).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    );
    expect(identity.verify(fromHex('72'), signature)).toBe(true);
    expect(identity.verify(fromHex('73'), signature)).toBe(false);
  });

  it('comes back from its 24 words, however they are typed', () => {
    const identity = IdentityKey.generate();
    const words = identity.recoveryWords();
    expect(words.split(' ')).toHaveLength(24);
    const typed = `  ${words.toUpperCase().replaceAll(' ', '\n  ')}\t`;
    expect(IdentityKey.fromRecoveryWords(typed).publicKey).toEqual(identity.publicKey);
    expect(IdentityKey.fromSeed(identity.unsafeSeed()).publicKey).toEqual(identity.publicKey);
  });

  it('has the words of BIP-39 (vector of 32 zero bytes)', () => {
    expect(IdentityKey.fromSeed(new Uint8Array(32)).recoveryWords()).toBe(`${'abandon '.repeat(23)}art`);
  });

  it('says what is wrong with words', () => {
    const read = (words: string) => () => IdentityKey.fromRecoveryWords(words);
    expect(read(`${'abandon '.repeat(23)}abandon`)).toThrow('do not belong together');
    expect(read('abandon '.repeat(23))).toThrow('24 words, not 23');
    expect(read(`abandon abandno ${'abandon '.repeat(22)}`)).toThrow('word 2, "abandno"');
    expect(read('')).toThrow(expect.objectContaining({ code: 'BAD_RECOVERY_WORDS' }));
  });
});

describe('public keys', () => {
  const lowOrder = [
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  ];
  const notCanonical = [
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  ];

  it.each([...lowOrder, ...notCanonical])('%s is refused, of low order or not canonical', (hex) => {
    expect(isSoundPublicKey(fromHex(hex))).toBe(false);
  });

  it('of low order verify a signature that nobody made, unless verification is strict', () => {
    const identityPoint = fromHex(lowOrder[1] ?? '');
    const forged = new Uint8Array(64);
    forged.set(identityPoint);
    expect(ed25519.verify(forged, utf8('anything'), identityPoint)).toBe(true);
    expect(verifySignature(identityPoint, utf8('anything'), forged)).toBe(false);
  });

  it('with a component of low order are refused', () => {
    const torsion = ed25519.Point.fromBytes(fromHex(lowOrder[3] ?? ''));
    const mixed = ed25519.Point.fromBytes(IdentityKey.generate().publicKey).add(torsion);
    expect(isSoundPublicKey(mixed.toBytes())).toBe(false);
  });

  it('of wrong lengths are no keys, and wrong signatures no errors', () => {
    const { publicKey } = IdentityKey.generate();
    expect(isSoundPublicKey(publicKey)).toBe(true);
    expect(isSoundPublicKey(publicKey.subarray(1))).toBe(false);
    expect(verifySignature(publicKey, utf8('x'), new Uint8Array(63))).toBe(false);
    expect(verifySignature(publicKey, utf8('x'), new Uint8Array(64).fill(255))).toBe(false);
  });
});

describe('device certificates', () => {
  it('hold for what was signed, and for nothing else', async () => {
    const identity = IdentityKey.generate();
    const { certificate, identityKey } = await newDevice(identity, 'phone');
    expect(verifyDeviceCertificate(certificate, identityKey)).toBe(true);
    const other = await newDevice(IdentityKey.generate(), 'phone');
    expect(verifyDeviceCertificate(certificate, other.identityKey)).toBe(false);
    for (const change of [
      { userId: 'other' },
      { deviceId: 'other' },
      { leafKey: other.certificate.leafKey },
      { createdAt: 1 },
      { signature: '' },
    ]) {
      expect(verifyDeviceCertificate({ ...certificate, ...change }, identityKey)).toBe(false);
    }
  });
});

describe('key history', () => {
  const [first, second, third] = [1, 2, 3].map((byte) => IdentityKey.fromSeed(new Uint8Array(32).fill(byte))) as [
    IdentityKey,
    IdentityKey,
    IdentityKey,
  ];
  const keyOf = (identity: IdentityKey): string => encodeBase64Url(identity.publicKey);
  const userId = userIdOf(keyOf(first));
  const history = async (): Promise<[KeyHistoryEntry, KeyHistoryEntry, KeyHistoryEntry]> => {
    const one = await issueKeyHistoryEntry(first, userId, { identityKey: keyOf(first), createdAt: 1 });
    const two = await issueKeyHistoryEntry(first, userId, { identityKey: keyOf(second), createdAt: 2 }, one);
    return [one, two, await issueKeyHistoryEntry(second, userId, { identityKey: keyOf(third), createdAt: 3 }, two)];
  };

  it('ends in the current key', async () => {
    const entries = await history();
    expect(verifyKeyHistory(userId, entries)).toBe(keyOf(third));
    expect(verifyKeyHistory(userId, entries.slice(0, 1))).toBe(keyOf(first));
    expect(userId).toMatch(/^[\w-]{22}$/);
  });

  it('breaks when an entry is missing, changed, swapped, or signed by another key', async () => {
    const [one, two, three] = await history();
    const stolen = await issueKeyHistoryEntry(third, userId, { identityKey: keyOf(third), createdAt: 2 }, one);
    const unchanged = await issueKeyHistoryEntry(first, userId, { identityKey: keyOf(first), createdAt: 2 }, one);
    const bad: KeyHistoryEntry[][] = [
      [],
      [two, three],
      [one, three],
      [one, two, two],
      [one, { ...two, createdAt: 5 }, three],
      [{ ...one, signature: two.signature }],
      [{ ...one, version: 2 }],
      [one, { ...two, hash: one.hash }],
      [one, stolen],
      [one, unchanged],
    ];
    for (const entries of bad) {
      expect(() => verifyKeyHistory(userId, entries)).toThrow(expect.objectContaining({ code: 'UNTRUSTED_MEMBER' }));
    }
    expect(() => verifyKeyHistory(userIdOf(keyOf(second)), [one, two])).toThrow('made the user id');
  });
});
