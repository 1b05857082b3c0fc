import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeBase64Url } from '../../../sdk/crypto/base64url.js';
import { IdentityKey, issueDeviceCertificate } from '../../../sdk/crypto/identity.js';
import {
  type Challenge,
  challengeBytes,
  type ChallengePurpose,
  registrationBytes,
  SIGNATURE_DOMAINS,
  signedBytes,
} from '../../../src/protocol/signing.js';
import { RawPerson } from '../../rig/raw-person.js';
import type { RunningServer } from '../../rig/server.js';
import { Canary, startTestServer } from './canary.js';

const sign = async (key: IdentityKey, bytes: Uint8Array): Promise<string> => encodeBase64Url(await key.sign(bytes));

describe('challenges answered wrongly', () => {
  let server: RunningServer;
  let canary: Canary;
  let alice: RawPerson;
  let bob: RawPerson;
  beforeAll(async () => {
    server = await startTestServer({ limits: { challengePerAccount: { points: 1_000 } } });
    canary = await Canary.start(server.url);
    alice = await RawPerson.register(server.url);
    bob = await RawPerson.register(server.url);
  });
  afterAll(async () => {
    canary.stop();
    await server.close();
  });

  const challenge = async (username: string, purpose: ChallengePurpose): Promise<Challenge> =>
    (await alice.request<Challenge & Record<string, unknown>>('POST', '/api/auth/challenges', { username, purpose }))
      .body;
  const login = (challengeId: string, deviceId: string, signature: string) =>
    alice.request('POST', '/api/auth/sessions', { challengeId, deviceId, signature });

  it('answered rightly, it works once', async () => {
    const issued = await challenge(alice.username, 'login');
    const signature = await sign(alice.leaf, challengeBytes(issued, alice.deviceId));
    expect((await login(issued.challengeId, alice.deviceId, signature)).status).toBe(201);
    expect((await login(issued.challengeId, alice.deviceId, signature)).body.error?.code).toBe('LOGIN_FAILED');
  });

  type Answer = (issued: Challenge) => Promise<{ signature: string; challengeId?: string; deviceId?: string }>;
  const answers: Record<string, Answer> = {
    'by another key': async (issued) => ({
      signature: await sign(IdentityKey.generate(), challengeBytes(issued, alice.deviceId)),
    }),
    'by the identity key': async (issued) => ({
      signature: await sign(alice.identity, challengeBytes(issued, alice.deviceId)),
    }),
    'by bob': async (issued) => ({
      signature: await sign(bob.leaf, challengeBytes(issued, bob.deviceId)),
      deviceId: bob.deviceId,
    }),
    'by bob, for alice’s device': async (issued) => ({
      signature: await sign(bob.leaf, challengeBytes(issued, alice.deviceId)),
    }),
    'without the device': async (issued) => ({ signature: await sign(alice.leaf, challengeBytes(issued)) }),
    'for another device': async (issued) => ({
      signature: await sign(alice.leaf, challengeBytes(issued, bob.deviceId)),
    }),
    'of zeros': () => Promise.resolve({ signature: Buffer.alloc(64).toString('base64url') }),
    'for another server': async (issued) => ({
      signature: await sign(alice.leaf, challengeBytes({ ...issued, server: 'https://evil.example' }, alice.deviceId)),
    }),
    'for another account': async (issued) => ({
      signature: await sign(alice.leaf, challengeBytes({ ...issued, account: bob.username }, alice.deviceId)),
    }),
    'for another time': async (issued) => ({
      signature: await sign(alice.leaf, challengeBytes({ ...issued, expiresAt: issued.expiresAt + 1 }, alice.deviceId)),
    }),
    'for another nonce': async (issued) => ({
      signature: await sign(alice.leaf, challengeBytes({ ...issued, nonce: 'A'.repeat(43) }, alice.deviceId)),
    }),
    'in the domain of another purpose': async (issued) => ({
      signature: await sign(alice.leaf, challengeBytes({ ...issued, purpose: 'add-device' }, alice.deviceId)),
    }),
    'in the domain of registration': async (issued) => {
      const { nonce, server: name, account: username } = issued;
      const keys = {
        identityKey: encodeBase64Url(alice.identity.publicKey),
        leafKey: encodeBase64Url(alice.leaf.publicKey),
      };
      return {
        signature: await sign(
          alice.leaf,
          registrationBytes({ ...keys, server: name, username, deviceId: alice.deviceId, nonce }),
        ),
      };
    },
    'in no domain': async (issued) => {
      const { challengeId, nonce, server: name, account, expiresAt } = issued;
      const fields = [challengeId, nonce, name, account, expiresAt, alice.deviceId].join('');
      return { signature: await sign(alice.leaf, new TextEncoder().encode(fields)) };
    },
    'with two fields joined': async (issued) => {
      const { challengeId, nonce, server: name, account, expiresAt } = issued;
      return {
        signature: await sign(
          alice.leaf,
          signedBytes(SIGNATURE_DOMAINS.login, challengeId + nonce, '', name, account, expiresAt, alice.deviceId),
        ),
      };
    },
    'for a challenge that never was': async (issued) => ({
      challengeId: 'A'.repeat(22),
      signature: await sign(alice.leaf, challengeBytes({ ...issued, challengeId: 'A'.repeat(22) }, alice.deviceId)),
    }),
    'for a challenge of bob': async () => {
      const other = await challenge(bob.username, 'login');
      return {
        challengeId: other.challengeId,
        signature: await sign(alice.leaf, challengeBytes(other, alice.deviceId)),
      };
    },
    'for a challenge of bob, as if it were alice’s': async () => {
      const other = await challenge(bob.username, 'login');
      return {
        challengeId: other.challengeId,
        signature: await sign(alice.leaf, challengeBytes({ ...other, account: alice.username }, alice.deviceId)),
      };
    },
    'for a challenge of another purpose': async () => {
      const other = await challenge(alice.username, 'delete-account');
      return {
        challengeId: other.challengeId,
        signature: await sign(alice.leaf, challengeBytes(other, alice.deviceId)),
      };
    },
  };

  it.each(Object.keys(answers))('a signature %s: LOGIN_FAILED, and the challenge is used up', async (name) => {
    const issued = await challenge(alice.username, 'login');
    const {
      signature,
      challengeId = issued.challengeId,
      deviceId = alice.deviceId,
    } = await (answers[name] as Answer)(issued);
    const failed = await login(challengeId, deviceId, signature);
    const unknown = await login('B'.repeat(22), alice.deviceId, signature);
    expect([failed.status, failed.body]).toEqual([401, unknown.body]);
    expect(failed.body.error?.code).toBe('LOGIN_FAILED');
    if (challengeId === issued.challengeId) {
      const right = await sign(alice.leaf, challengeBytes(issued, alice.deviceId));
      expect((await login(challengeId, alice.deviceId, right)).status).toBe(401);
    }
    await canary.lives();
  });

  it('used 10 times at once it opens one session', async () => {
    const issued = await challenge(alice.username, 'login');
    const signature = await sign(alice.leaf, challengeBytes(issued, alice.deviceId));
    const statuses = await Promise.all(
      Array.from({ length: 10 }, async () => (await login(issued.challengeId, alice.deviceId, signature)).status),
    );
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 401)).toHaveLength(9);
  });

  it('a name that nobody has gets a challenge and a refusal like any other', async () => {
    const issued = await challenge('nobody_at_all', 'login');
    const real = await challenge(alice.username, 'login');
    expect(Object.keys(issued)).toEqual(Object.keys(real));
    expect(issued.nonce).toHaveLength(real.nonce.length);
    const signature = await sign(alice.leaf, challengeBytes(issued, alice.deviceId));
    expect((await login(issued.challengeId, alice.deviceId, signature)).body.error?.code).toBe('LOGIN_FAILED');
  });

  it('another account is not deleted, nor another’s key changed, nor a device added', async () => {
    const deletion = await challenge(alice.username, 'delete-account');
    const byBob = await sign(bob.identity, challengeBytes(deletion));
    const { challengeId } = deletion;
    expect((await bob.request('POST', '/api/me/deletion', { challengeId, signature: byBob })).body.error?.code).toBe(
      'BAD_SIGNATURE',
    );
    const again = await challenge(alice.username, 'delete-account');
    const stolen = { challengeId: again.challengeId, signature: await sign(alice.leaf, challengeBytes(again)) };
    expect((await alice.request('POST', '/api/me/deletion', stolen)).body.error?.code).toBe('BAD_SIGNATURE');
    const asLogin = await challenge(alice.username, 'login');
    const crossed = {
      challengeId: asLogin.challengeId,
      signature: await sign(alice.identity, challengeBytes({ ...asLogin, purpose: 'delete-account' })),
    };
    expect((await alice.request('POST', '/api/me/deletion', crossed)).body.error?.code).toBe('BAD_SIGNATURE');
    const adding = await challenge(alice.username, 'add-device');
    const { userId: _, ...device } = await issueDeviceCertificate(bob.identity, {
      userId: alice.tokens.userId,
      deviceId: 'C'.repeat(22),
      leafKey: encodeBase64Url(bob.leaf.publicKey),
      createdAt: Date.now(),
    });
    const request = {
      challengeId: adding.challengeId,
      device,
      signature: await sign(bob.identity, challengeBytes(adding, device.deviceId, device.leafKey)),
    };
    expect((await bob.request('POST', '/api/auth/devices', request)).body.error?.code).toBe('LOGIN_FAILED');
    for (const person of [alice, bob]) expect((await person.request('GET', '/api/me')).status).toBe(200);
    await canary.lives();
  });

  it('an access token alone deletes nothing', async () => {
    const signature = Buffer.alloc(64).toString('base64url');
    const answer = await alice.request('POST', '/api/me/deletion', { challengeId: 'A'.repeat(22), signature });
    expect([answer.status, answer.body.error?.code]).toEqual([400, 'BAD_SIGNATURE']);
  });
});

describe('challenges too many or too late', () => {
  it('more than an account may, from whatever side: RATE_LIMITED', async () => {
    const server = await startTestServer();
    const person = new RawPerson(server.url);
    const ask = (username: string) => person.request('POST', '/api/auth/challenges', { username, purpose: 'login' });
    const codes: (string | undefined)[] = [];
    for (let i = 0; i < 7; i += 1) codes.push((await ask('some_name')).body.error?.code);
    expect(codes).toEqual([...Array.from({ length: 5 }, () => undefined), 'RATE_LIMITED', 'RATE_LIMITED']);
    expect((await ask('other_name')).status).toBe(201);
    await server.close();
  });

  it('a challenge that has expired: LOGIN_FAILED', async () => {
    const server = await startTestServer({ sessions: { challengeMs: 1 } });
    const alice = await RawPerson.register(server.url);
    const issued = (
      await alice.request<Challenge & Record<string, unknown>>('POST', '/api/auth/challenges', {
        username: alice.username,
        purpose: 'login',
      })
    ).body;
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { challengeId } = issued;
    const signature = await sign(alice.leaf, challengeBytes(issued, alice.deviceId));
    const answer = await alice.request('POST', '/api/auth/sessions', {
      challengeId,
      deviceId: alice.deviceId,
      signature,
    });
    expect(answer.body.error?.code).toBe('LOGIN_FAILED');
    await server.close();
  });
});
