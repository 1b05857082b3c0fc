import { describe, expect, it } from '@jest/globals';
import { ARGON2ID_COST, makeKey, requirePassphrase, unlockKey } from './passphrase-lock.js';

const CHEAP = { t: 1, m: 8, p: 1 };
const PASSPHRASE = 'seven clever otters';
const iv = new Uint8Array(12);
const seal = (key: CryptoKey): Promise<ArrayBuffer> =>
  crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new TextEncoder().encode('secret'));

async function locked(passphrase = PASSPHRASE, cost = CHEAP) {
  const made = await makeKey(passphrase, cost);
  if (!made.locked) throw new Error('not locked');
  return { key: made.key, locked: made.locked };
}

describe('a locked data key', () => {
  it('is opened by its passphrase and is the same key then', async () => {
    const { key, locked: stored } = await locked();
    const opened = await unlockKey(stored, PASSPHRASE);
    expect(await seal(opened)).toEqual(await seal(key));
  });

  it('cannot be exported, neither made nor opened', async () => {
    const { key, locked: stored } = await locked();
    for (const one of [key, await unlockKey(stored, PASSPHRASE), (await makeKey(undefined, CHEAP)).key]) {
      expect(one.extractable).toBe(false);
      expect([...one.usages].sort()).toEqual(['decrypt', 'encrypt']);
      await expect(crypto.subtle.exportKey('raw', one)).rejects.toThrow();
    }
  });

  it('is opened by nothing else: another passphrase, salt, nonce or byte', async () => {
    const { locked: stored } = await locked();
    const flipped = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
      const copy = new Uint8Array(bytes);
      copy[0] = (copy[0] ?? 0) ^ 1;
      return copy;
    };
    const wrong = { code: 'WRONG_PASSPHRASE' };
    await expect(unlockKey(stored, 'seven clever otter')).rejects.toMatchObject(wrong);
    await expect(unlockKey({ ...stored, salt: flipped(stored.salt) }, PASSPHRASE)).rejects.toMatchObject(wrong);
    await expect(unlockKey({ ...stored, nonce: flipped(stored.nonce) }, PASSPHRASE)).rejects.toMatchObject(wrong);
    await expect(unlockKey({ ...stored, wrapped: flipped(stored.wrapped) }, PASSPHRASE)).rejects.toMatchObject(wrong);
  });

  it('has its own salt and nonce, and does not depend on how a keyboard composes characters', async () => {
    const [one, other] = [await locked('Ångström é ﬁ'), await locked('Ångström é ﬁ')];
    expect(one.locked.salt).toHaveLength(16);
    expect(one.locked.salt).not.toEqual(other.locked.salt);
    expect(one.locked.nonce).not.toEqual(other.locked.nonce);
    await expect(unlockKey(one.locked, 'A\u030angstro\u0308m e\u0301 fi')).resolves.toBeDefined();
  });

  it('opens at the cost with which it was locked, whatever is used now', async () => {
    const { locked: stored } = await locked(PASSPHRASE, { t: 2, m: 16, p: 1 });
    expect(stored).toMatchObject({ kdf: 'argon2id', cost: { t: 2, m: 16, p: 1 } });
    await expect(unlockKey(stored, PASSPHRASE)).resolves.toBeDefined();
  });

  it('costs more than the least that OWASP names', () => {
    expect(ARGON2ID_COST.m).toBeGreaterThanOrEqual(19 * 1024);
    expect(ARGON2ID_COST.t).toBeGreaterThanOrEqual(2);
  });
});

describe('a passphrase', () => {
  it.each(['', '1234567', 'e\u0301'.repeat(7), 'x'.repeat(257)])('of another length is refused: %j', async (bad) => {
    expect(() => requirePassphrase(bad)).toThrow(expect.objectContaining({ code: 'BAD_PASSPHRASE' }));
    await expect(makeKey(bad, CHEAP)).rejects.toMatchObject({ code: 'BAD_PASSPHRASE' });
  });

  it.each(['12345678', '一二三四五六七八', '🦦'.repeat(8), 'x'.repeat(256)])(
    'of 8 to 256 characters is taken: %j',
    (good) => {
      expect(() => requirePassphrase(good)).not.toThrow();
    },
  );
});
