import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { RegistrationTerms, SessionTokens } from '../../protocol/payloads/user.payloads.js';
import { challengeBytes, type Challenge } from '../../protocol/signing.js';
import { keyPackageOf } from './spec/test-key-packages.js';
import { randomId, TestPerson } from './spec/test-person.js';
import { startUserModule, type UserRig } from './spec/user-rig.js';
import { UserAdministration } from './user.administration.js';

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

let rig: UserRig;
let application: NestFastifyApplication;
let url: string;

beforeAll(async () => {
  rig = await startUserModule();
  application = rig.nest.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  await application.listen(0, '127.0.0.1');
  url = await application.getUrl();
});

afterAll(() => application.close());

async function call<T>(method: Method, path: string, options: { token?: string; body?: object } = {}) {
  const response = await fetch(`${url}/api${path}`, {
    method,
    headers: {
      ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
      ...(options.body && { 'content-type': 'application/json' }),
    },
    ...(options.body && { body: JSON.stringify(options.body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text ? JSON.parse(text) : null) as T };
}

async function register(person: TestPerson): Promise<SessionTokens> {
  const terms = await call<RegistrationTerms>('GET', '/registration');
  const { status, body } = await call<SessionTokens>('POST', '/registration', {
    body: await rig.request(person, terms.body),
  });
  expect(status).toBe(201);
  return body;
}

describe('over HTTP', () => {
  it('a person registers, logs in, refreshes and logs out', async () => {
    const person = new TestPerson();
    await register(person);
    const request = { username: person.username, purpose: 'login' };
    const { body: challenge } = await call<Challenge>('POST', '/auth/challenges', { body: request });
    const { deviceId } = person;
    const signature = person.leaf.sign(challengeBytes(challenge, deviceId));
    const login = { challengeId: challenge.challengeId, deviceId, signature };
    const { status, body: tokens } = await call<SessionTokens>('POST', '/auth/sessions', { body: login });
    expect(status).toBe(201);
    const { refreshToken } = tokens;
    const refreshed = await call<SessionTokens>('POST', '/auth/refresh', { body: { refreshToken } });
    expect(refreshed).toMatchObject({ status: 200, body: { sessionId: tokens.sessionId } });
    const token = refreshed.body.accessToken;
    expect(await call('POST', '/auth/logout', { token })).toEqual({ status: 204, body: null });
    expect(await call('GET', '/me', { token })).toMatchObject({
      status: 401,
      body: { error: { code: 'SESSION_REVOKED' } },
    });
  });

  it('a person sees and changes what is its own', async () => {
    const person = new TestPerson();
    const { accessToken: token, sessionId } = await register(person);
    const profile = await call('PATCH', '/me/profile', { token, body: { displayName: 'Ada', avatarColour: 'pink' } });
    expect(profile).toMatchObject({ status: 200, body: { displayName: 'Ada', avatarColour: 'pink' } });
    const settings = await call('PATCH', '/me/settings', { token, body: { shareTyping: false } });
    expect(settings).toEqual(await call('GET', '/me/settings', { token }));
    expect(await call('GET', '/me/identity-keys', { token })).toMatchObject({
      status: 200,
      body: { entries: [{ version: 1 }] },
    });
    const keyPackages = [await keyPackageOf(person)];
    const uploaded = await call('POST', '/me/key-packages', { token, body: { keyPackages } });
    expect(uploaded).toEqual({ status: 201, body: { available: 1, lastResort: false } });
    expect(await call('GET', '/me/key-packages', { token })).toMatchObject({ status: 200 });
    expect(await call('GET', '/me', { token })).toMatchObject({ status: 200, body: { keyPackagesAvailable: 1 } });
    expect(await call('GET', '/sessions', { token })).toMatchObject({
      body: { sessions: [{ sessionId, current: true }] },
    });
  });

  it('a session of another looks like one that does not exist', async () => {
    const { accessToken: token } = await register(new TestPerson());
    const { sessionId } = await register(new TestPerson());
    const answers = [];
    for (const id of [sessionId, randomId(), "'OR1=1--"])
      answers.push(await call('DELETE', `/sessions/${id}`, { token }));
    expect(answers[0]).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
    expect(answers).toEqual([answers[0], answers[0], answers[0]]);
  });

  it('an admin invites, and to others that address does not exist', async () => {
    const person = new TestPerson();
    const { accessToken: token } = await register(person);
    const path = '/admin/registration-invitations';
    expect(await call('POST', path, { token })).toMatchObject({ status: 404 });
    await rig.get(UserAdministration).grantAdmin(person.username);
    rig.clock.advance(1_000);
    const { accessToken: next } = await rig.login(person);
    expect(await call('POST', path, { token: next })).toMatchObject({
      status: 201,
      body: { code: expect.any(String) },
    });
  });

  it.each<[Method, string]>([
    ['GET', '/me'],
    ['PATCH', '/me/profile'],
    ['GET', '/me/settings'],
    ['PATCH', '/me/settings'],
    ['PUT', '/me/identity-key'],
    ['GET', '/me/identity-keys'],
    ['POST', '/me/deletion'],
    ['GET', '/me/key-packages'],
    ['POST', '/me/key-packages'],
    ['GET', '/sessions'],
    ['DELETE', `/sessions/${randomId()}`],
    ['POST', '/auth/logout'],
    ['POST', '/admin/registration-invitations'],
  ])('%s %s needs a token', async (method, path) => {
    const answer = await call(method, path);
    expect(answer).toMatchObject({ status: 401, body: { error: { code: 'UNAUTHENTICATED' } } });
    expect(await call(method, path, { token: 'a.b.c' })).toEqual(answer);
  });

  it('an extra or wrong field is refused', async () => {
    const { accessToken: token } = await register(new TestPerson());
    const role = await call('PATCH', '/me/profile', { token, body: { role: 'admin' } });
    expect(role).toMatchObject({ status: 400, body: { error: { code: 'BAD_REQUEST' } } });
    expect(await call('PATCH', '/me/settings', { token, body: { shareRead: 'no' } })).toMatchObject({ status: 400 });
    expect(await call('GET', '/me', { token })).toMatchObject({ body: { role: 'user' } });
  });
});
