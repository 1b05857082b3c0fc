import { describe, expect, it } from '@jest/globals';
import { exportSPKI, SignJWT, UnsecuredJWT } from 'jose';
import { createPrivateKey, createPublicKey, createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Authenticator } from '../../platform/authentication/authenticator.js';
import { randomId, TestPerson } from './spec/test-person.js';
import { startUserModule, type UserRig } from './spec/user-rig.js';

interface Forgery {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
  readonly key?: KeyObject;
}

const started = async () => {
  const rig = await startUserModule();
  const tokens = await rig.register(new TestPerson());
  const now = rig.clock.now() / 1_000;
  const claims = {
    ...{ sub: tokens.userId, did: tokens.deviceId, sid: tokens.sessionId },
    ...{ iss: 'http://localhost:3000', aud: 'ashwire', iat: now, exp: now + 600 },
  };
  const privateKey = createPrivateKey(rig.config.secrets.accessTokenKey);
  const forge = ({ header, claims: changed, key = privateKey }: Forgery) =>
    new SignJWT({ ...claims, ...changed }).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', ...header }).sign(key);
  return { rig, tokens, claims, privateKey, forge, now };
};
const authenticate = (rig: UserRig, token: string) => rig.get(Authenticator).authenticate(token);
const UNAUTHENTICATED = { code: 'UNAUTHENTICATED', details: {} };

describe('TokenAuthenticator', () => {
  it('accepts its own tokens, also those that another node issued', async () => {
    const { rig, tokens, forge } = await started();
    expect(await authenticate(rig, tokens.accessToken)).toMatchObject({ userId: tokens.userId });
    expect(await authenticate(rig, await forge({}))).toMatchObject({ userId: tokens.userId });
  });

  it.each<[string, (now: number) => Forgery]>([
    ['another key', () => ({ key: generateKeyPairSync('ed25519').privateKey })],
    [
      'another key that the token brings along',
      () => {
        const { privateKey, publicKey } = generateKeyPairSync('ed25519');
        return { key: privateKey, header: { jwk: publicKey.export({ format: 'jwk' }) } };
      },
    ],
    [
      'a key id that points somewhere',
      () => ({ key: generateKeyPairSync('ed25519').privateKey, header: { kid: '../../x' } }),
    ],
    ['another type', () => ({ header: { typ: 'JWT' } })],
    ['no type', () => ({ header: { typ: undefined } })],
    ['another audience', () => ({ claims: { aud: 'other' } })],
    ['another issuer', () => ({ claims: { iss: 'https://evil.example' } })],
    ['an expiry in the past', (now) => ({ claims: { exp: now } })],
    ['no expiry', () => ({ claims: { exp: undefined } })],
    ['a start in the future', (now) => ({ claims: { nbf: now + 100 } })],
    ['another user', () => ({ claims: { sub: randomId() } })],
    ['another device', () => ({ claims: { did: randomId() } })],
    ['an unknown session', () => ({ claims: { sid: randomId() } })],
    ['an object for an id', () => ({ claims: { sid: { $ne: null } } })],
  ])('refuses %s', async (_, forgery) => {
    const { rig, forge, now } = await started();
    await expect(authenticate(rig, await forge(forgery(now)))).rejects.toMatchObject(UNAUTHENTICATED);
  });

  it('refuses other algorithms, whatever the header says', async () => {
    const { rig, claims, privateKey, tokens } = await started();
    const none = new UnsecuredJWT(claims).encode();
    const spki = createSecretKey(Buffer.from(await exportSPKI(createPublicKey(privateKey))));
    const hs256 = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' }).sign(spki);
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const rs256 = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt' }).sign(rsa);
    const [header, payload] = tokens.accessToken.split('.');
    const cut = `${header}.${payload}.`;
    for (const token of [none, hs256, rs256, cut, 'garbage', '', 'a.b.c', tokens.refreshToken]) {
      await expect(authenticate(rig, token)).rejects.toMatchObject(UNAUTHENTICATED);
    }
  });

  it('refuses its own token after ten minutes, remembered or not', async () => {
    const { rig, tokens } = await started();
    await authenticate(rig, tokens.accessToken);
    rig.clock.advance(600_000);
    await expect(authenticate(rig, tokens.accessToken)).rejects.toMatchObject(UNAUTHENTICATED);
  });

  it('reads no database for a token that it has seen', async () => {
    const { rig, tokens } = await started();
    await authenticate(rig, tokens.accessToken);
    await rig.stores.database.close();
    expect(await authenticate(rig, tokens.accessToken)).toMatchObject({ userId: tokens.userId });
  });
});
