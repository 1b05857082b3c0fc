import { describe, expect, it } from '@jest/globals';
import { challengeBytes } from '../../protocol/signing.js';
import { LoginService } from './login.service.js';
import { randomId, TestKey, TestPerson } from './spec/test-person.js';
import { startUserModule, type UserRig } from './spec/user-rig.js';

const started = async () => {
  const rig = await startUserModule();
  const person = new TestPerson();
  const tokens = await rig.register(person);
  return { rig, person, tokens, logins: rig.get(LoginService) };
};
const LOGIN_FAILED = { code: 'LOGIN_FAILED' };

describe('challenges', () => {
  it('look the same for a name that nobody has', async () => {
    const { rig, person } = await started();
    const known = await rig.challenge(person.username, 'login');
    const unknown = await rig.challenge('nobody', 'login');
    expect(Object.keys(unknown)).toEqual(Object.keys(known));
    expect(unknown).toMatchObject({ account: 'nobody', purpose: 'login', server: 'http://localhost:3000' });
    expect(unknown.expiresAt).toBe(known.expiresAt);
  });

  it('are counted per account and per address', async () => {
    const limits = {
      challengePerAddress: { points: 3, perMs: 60_000 },
      challengePerAccount: { points: 2, perMs: 60_000 },
    };
    const rig = await startUserModule({ limits });
    const refusal = { code: 'RATE_LIMITED', details: { retryAfterMs: expect.any(Number) as unknown } };
    await rig.challenge('alice', 'login');
    await rig.challenge('alice', 'add-device');
    await expect(rig.challenge('alice', 'login')).rejects.toMatchObject(refusal);
    await expect(rig.challenge('bob', 'login')).rejects.toMatchObject(refusal);
  });
});

describe('login', () => {
  it('opens a session for the leaf key of the active device', async () => {
    const { rig, person } = await started();
    const tokens = await rig.login(person);
    const { userId, deviceId } = person;
    expect(await rig.principal(tokens)).toEqual({ userId, deviceId, sessionId: tokens.sessionId, role: 'user' });
  });

  it('lets one of two use a challenge at once', async () => {
    const { rig, person, logins } = await started();
    const request = await rig.loginRequest(person);
    const results = await Promise.allSettled([logins.login(request), logins.login(request)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it.each<[string, (rig: UserRig, person: TestPerson) => Promise<Parameters<LoginService['login']>[0]>]>([
    ['an unknown challenge', async (rig, person) => ({ ...(await rig.loginRequest(person)), challengeId: randomId() })],
    ['an unknown name', (rig) => rig.loginRequest(new TestPerson())],
    ['an unknown device', async (rig, person) => ({ ...(await rig.loginRequest(person)), deviceId: randomId() })],
    [
      'the identity key',
      async (rig, { username, identity, deviceId }) => {
        const challenge = await rig.challenge(username, 'login');
        const signature = identity.sign(challengeBytes(challenge, deviceId));
        return { challengeId: challenge.challengeId, deviceId, signature };
      },
    ],
    [
      'a signature of another domain',
      async (rig, { username, leaf, deviceId }) => {
        const challenge = await rig.challenge(username, 'login');
        const signature = leaf.sign(challengeBytes({ ...challenge, purpose: 'add-device' }, deviceId));
        return { challengeId: challenge.challengeId, deviceId, signature };
      },
    ],
    [
      'a challenge for another purpose',
      async (rig, { username, leaf, deviceId }) => {
        const challenge = await rig.challenge(username, 'delete-account');
        const signature = leaf.sign(challengeBytes({ ...challenge, purpose: 'login' }, deviceId));
        return { challengeId: challenge.challengeId, deviceId, signature };
      },
    ],
    [
      'the challenge of another account',
      async (rig, { leaf, deviceId }) => {
        const other = new TestPerson();
        await rig.register(other);
        const challenge = await rig.challenge(other.username, 'login');
        return {
          challengeId: challenge.challengeId,
          deviceId,
          signature: leaf.sign(challengeBytes(challenge, deviceId)),
        };
      },
    ],
    [
      'a certificate as the signature',
      async (rig, person) => ({ ...(await rig.loginRequest(person)), signature: person.device().signature }),
    ],
    [
      'a challenge that has expired',
      async (rig, person) => {
        const request = await rig.loginRequest(person);
        rig.clock.advance(rig.config.sessions.challengeMs);
        return request;
      },
    ],
  ])('fails alike with %s', async (_, make) => {
    const { rig, person, logins } = await started();
    const request = await make(rig, person);
    await expect(logins.login(request)).rejects.toMatchObject({ ...LOGIN_FAILED, details: {} });
  });

  it('uses a challenge up with the first try, right or wrong', async () => {
    const { rig, person, logins } = await started();
    const request = await rig.loginRequest(person);
    await expect(logins.login({ ...request, deviceId: randomId() })).rejects.toMatchObject(LOGIN_FAILED);
    await expect(logins.login(request)).rejects.toMatchObject(LOGIN_FAILED);
  });
});

describe('adding a device', () => {
  it('replaces the active one, tells everyone, and ends what the old one had', async () => {
    const { rig, person, tokens, logins } = await started();
    const old = { leaf: person.leaf, deviceId: person.deviceId };
    person.moveToNewDevice();
    const added = await logins.addDevice(await rig.addDeviceRequest(person));
    expect(added).toMatchObject({ userId: person.userId, deviceId: person.deviceId });
    expect(rig.sent).toEqual([
      ['device:added', person.userId, { deviceId: person.deviceId }],
      ['close', tokens.sessionId, 'DEVICE_REPLACED', 'stop'],
    ]);
    expect(rig.changes).toEqual([{ userId: person.userId, what: 'device' }]);
    await expect(rig.principal(tokens)).rejects.toMatchObject({ code: 'DEVICE_REPLACED' });
    expect(await rig.principal(added)).toMatchObject({ deviceId: person.deviceId });
    await expect(rig.login(Object.assign(new TestPerson(person.username), old))).rejects.toMatchObject(LOGIN_FAILED);
  });

  it('needs the identity key, over this device', async () => {
    const { rig, person, logins } = await started();
    person.moveToNewDevice();
    const request = await rig.addDeviceRequest(person);
    const other = Object.assign(new TestPerson(person.username), { identity: person.identity, userId: person.userId });
    const crossed = logins.addDevice({ ...request, device: other.device() });
    await expect(crossed).rejects.toMatchObject(LOGIN_FAILED);

    const challenge = await rig.challenge(person.username, 'add-device');
    const signature = person.leaf.sign(challengeBytes(challenge, person.deviceId, person.leaf.publicKey));
    const byLeaf = logins.addDevice({ challengeId: challenge.challengeId, device: person.device(), signature });
    await expect(byLeaf).rejects.toMatchObject(LOGIN_FAILED);
    await expect(logins.addDevice(await rig.addDeviceRequest(new TestPerson()))).rejects.toMatchObject(LOGIN_FAILED);
    expect(rig.sent).toEqual([]);
  });

  it('refuses a certificate that is not of the identity key', async () => {
    const { rig, person, logins } = await started();
    person.moveToNewDevice();
    const request = await rig.addDeviceRequest(person);
    const device = { ...request.device, signature: person.device(new TestKey()).signature };
    await expect(logins.addDevice({ ...request, device })).rejects.toMatchObject({ code: 'BAD_SIGNATURE' });
  });
});
