import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { type Challenge as ProofOfWork, solveChallenge } from 'altcha-lib';
import { encodeBase64Url } from '../../../sdk/crypto/base64url.js';
import { IdentityKey, issueDeviceCertificate, userIdOf } from '../../../sdk/crypto/identity.js';
import type { ErrorCode } from '../../../src/protocol/errors.js';
import type { RegistrationTerms } from '../../../src/protocol/payloads/user.payloads.js';
import { registrationBytes } from '../../../src/protocol/signing.js';
import { RawPerson } from '../../rig/raw-person.js';
import type { RunningServer } from '../../rig/server.js';
import { Canary, startTestServer } from './canary.js';

type Request = Record<string, unknown> & { device: Record<string, unknown>; username: string; nonce: string };
type Spoil = (request: Request, person: RawPerson) => Request | Promise<Request>;

const bytes = (length: number, value = 7): string => Buffer.alloc(length, value).toString('base64url');
/** Points of small order on Ed25519; every one verifies signatures that nobody made. */
const LOW_ORDER = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  `ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f`,
  `c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a`,
  `26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05`,
].map((hex) => Buffer.from(hex, 'hex').toString('base64url'));
/** y = 2 has no x on the curve. */
const OFF_CURVE = Buffer.from(`02${'00'.repeat(31)}`, 'hex').toString('base64url');
/** p + 1: the identity, written in another way. */
const NOT_CANONICAL = Buffer.from(`ee${'ff'.repeat(30)}7f`, 'hex').toString('base64url');

describe('registrations that must not be', () => {
  let server: RunningServer;
  let canary: Canary;
  beforeAll(async () => {
    server = await startTestServer();
    canary = await Canary.start(server.url);
  });
  afterAll(async () => {
    canary.stop();
    await server.close();
  });

  const post = (person: RawPerson, request: object) => person.request('POST', '/api/registration', request);

  /** Nobody of that name can log in, and the name is free. */
  const expectNobody = async ({ username }: RawPerson): Promise<void> => {
    const successor = new RawPerson(server.url, username);
    expect((await post(successor, await successor.registration())).status).toBe(201);
  };

  const signedWith = async (person: RawPerson, request: Request, change: object): Promise<Request> => {
    const { server: name } = (await person.request<RegistrationTerms>('GET', '/api/registration')).body;
    const signed = {
      server: name,
      username: request.username,
      identityKey: encodeBase64Url(person.identity.publicKey),
      deviceId: person.deviceId,
      leafKey: encodeBase64Url(person.leaf.publicKey),
      nonce: request.nonce,
      ...change,
    };
    return { ...request, signature: encodeBase64Url(await person.identity.sign(registrationBytes(signed))) };
  };

  const cases: Record<string, [Spoil, ErrorCode]> = {
    'an identity key of 31 bytes': [(r) => ({ ...r, identityKey: bytes(31) }), 'BAD_REQUEST'],
    'an identity key of 33 bytes': [(r) => ({ ...r, identityKey: bytes(33) }), 'BAD_REQUEST'],
    'an identity key with padding': [(r) => ({ ...r, identityKey: `${String(r['identityKey'])}=` }), 'BAD_REQUEST'],
    'an identity key that is a list of bytes': [(r) => ({ ...r, identityKey: [...Buffer.alloc(32)] }), 'BAD_REQUEST'],
    'an identity key off the curve': [(r) => ({ ...r, identityKey: OFF_CURVE }), 'BAD_KEY'],
    'an identity key not in canonical form': [(r) => ({ ...r, identityKey: NOT_CANONICAL }), 'BAD_KEY'],
    'a leaf key of low order': [(r) => ({ ...r, device: { ...r.device, leafKey: LOW_ORDER[1] } }), 'BAD_SIGNATURE'],
    'a leaf key off the curve': [(r) => ({ ...r, device: { ...r.device, leafKey: OFF_CURVE } }), 'BAD_SIGNATURE'],
    'a signature of 63 bytes': [(r) => ({ ...r, signature: bytes(63) }), 'BAD_REQUEST'],
    'a signature of zeros': [(r) => ({ ...r, signature: bytes(64, 0) }), 'BAD_SIGNATURE'],
    'a signature by another key': [
      async (r) => ({ ...r, signature: encodeBase64Url(await IdentityKey.generate().sign(new Uint8Array(32))) }),
      'BAD_SIGNATURE',
    ],
    'a signature for another server': [(r, p) => signedWith(p, r, { server: 'https://evil.example' }), 'BAD_SIGNATURE'],
    'a signature for another name': [(r, p) => signedWith(p, r, { username: 'somebody_else' }), 'BAD_SIGNATURE'],
    'a signature for another device': [(r, p) => signedWith(p, r, { deviceId: 'A'.repeat(22) }), 'BAD_SIGNATURE'],
    'a signature for another nonce': [(r, p) => signedWith(p, r, { nonce: 'x' }), 'BAD_SIGNATURE'],
    'another’s name on a true signature': [
      (r) => ({ ...r, username: `${r.username.slice(0, 20)}_x` }),
      'BAD_SIGNATURE',
    ],
    'the history’s signature as the signature': [(r) => ({ ...r, signature: r['historySignature'] }), 'BAD_SIGNATURE'],
    'the signature as the history’s': [(r) => ({ ...r, historySignature: r['signature'] }), 'BAD_SIGNATURE'],
    'the signature as the device’s': [
      (r) => ({ ...r, device: { ...r.device, signature: r['signature'] } }),
      'BAD_SIGNATURE',
    ],
    'a device vouched for by another key': [
      async (r, p) => ({ ...r, device: await deviceOf(p, IdentityKey.generate()) }),
      'BAD_SIGNATURE',
    ],
    'a device of another time': [(r) => ({ ...r, device: { ...r.device, createdAt: 1 } }), 'BAD_SIGNATURE'],
    'a device of before time': [(r) => ({ ...r, device: { ...r.device, createdAt: -1 } }), 'BAD_REQUEST'],
    'no device': [({ device: _, ...r }) => r as Request, 'BAD_REQUEST'],
    'no proof of work': [({ proofOfWork: _, ...r }) => r, 'PROOF_OF_WORK_INVALID'],
    'a proof that is no base64': [(r) => ({ ...r, proofOfWork: '🔥' }), 'PROOF_OF_WORK_INVALID'],
    'a proof that is no JSON': [(r) => ({ ...r, proofOfWork: 'aGVsbG8=' }), 'PROOF_OF_WORK_INVALID'],
    'a proof that is null': [(r) => ({ ...r, proofOfWork: asProof(null) }), 'PROOF_OF_WORK_INVALID'],
    'a proof that is __proto__': [
      (r) => ({ ...r, proofOfWork: Buffer.from('{"__proto__":{"challenge":1}}').toString('base64') }),
      'PROOF_OF_WORK_INVALID',
    ],
    'a proof 1,000 deep': [
      (r) => ({ ...r, proofOfWork: Buffer.from(`${'['.repeat(1_000)}${']'.repeat(1_000)}`).toString('base64') }),
      'PROOF_OF_WORK_INVALID',
    ],
    'a wrong solution': [
      (r) => ({ ...r, proofOfWork: changed(r, { solution: { counter: 0, derivedKey: '00' } }) }),
      'PROOF_OF_WORK_INVALID',
    ],
    'a challenge made cheaper': [(r) => ({ ...r, proofOfWork: cheaper(r) }), 'PROOF_OF_WORK_INVALID'],
    'a challenge of one’s own': [async (r) => ({ ...r, proofOfWork: await ownChallenge(r) }), 'PROOF_OF_WORK_INVALID'],
    'a proof of 4,097 characters': [(r) => ({ ...r, proofOfWork: 'a'.repeat(4_097) }), 'BAD_REQUEST'],
    'the proof of another nonce': [(r) => ({ ...r, nonce: 'stale' }), 'PROOF_OF_WORK_INVALID'],
    'an extra role': [(r) => ({ ...r, role: 'admin' }), 'BAD_REQUEST'],
    'an extra role in the device': [(r) => ({ ...r, device: { ...r.device, role: 'admin' } }), 'BAD_REQUEST'],
  };

  it.each(Object.keys(cases))('%s: refused, and there is no account', async (name) => {
    const [spoil, code] = cases[name] as [Spoil, ErrorCode];
    const person = new RawPerson(server.url);
    const answer = await post(person, await spoil((await person.registration()) as Request, person));
    expect(answer.body.error?.code).toBe(code);
    expect(answer.status).toBe(400);
    await expectNobody(person);
    await canary.lives();
  });

  it.each(LOW_ORDER)('an identity key of low order (%s): BAD_KEY', async (identityKey) => {
    const person = new RawPerson(server.url);
    const answer = await post(person, { ...(await person.registration()), identityKey, signature: bytes(64, 0) });
    expect([answer.status, answer.body.error?.code]).toEqual([400, 'BAD_KEY']);
  });

  it('the same identity key a second time, the same name a second time: 409', async () => {
    const alice = await RawPerson.register(server.url);
    const renamed = Object.assign(new RawPerson(server.url), { identity: alice.identity });
    expect((await post(renamed, await renamed.registration())).body.error?.code).toBe('IDENTITY_KEY_TAKEN');
    const namesake = new RawPerson(server.url, alice.username);
    expect((await post(namesake, await namesake.registration())).body.error?.code).toBe('USERNAME_TAKEN');
    await canary.lives();
  });

  it('the same request twice, 10 times at once: one account', async () => {
    const person = new RawPerson(server.url);
    const request = await person.registration();
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(person, request)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.every(({ status }) => [201, 400, 409].includes(status))).toBe(true);
    expect((await post(person, request)).body.error?.code).toBe('PROOF_OF_WORK_INVALID');
  });

  it('one name for 10 at once: one account', async () => {
    const people = Array.from({ length: 10 }, () => new RawPerson(server.url, 'wanted_by_all'));
    const requests = await Promise.all(people.map((person) => person.registration()));
    const answers = await Promise.all(people.map((person, i) => post(person, requests[i] as object)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.error?.code === 'USERNAME_TAKEN')).toHaveLength(9);
    await canary.lives();
  });
});

describe('registrations that come late or too often', () => {
  it('a stale proof of work: PROOF_OF_WORK_INVALID', async () => {
    const server = await startTestServer({ registration: { proofOfWork: { expiresMs: 1 } } });
    const person = new RawPerson(server.url);
    const answer = await person.request('POST', '/api/registration', await person.registration());
    expect(answer.body.error?.code).toBe('PROOF_OF_WORK_INVALID');
    await server.close();
  });

  it('more than the address may: RATE_LIMITED', async () => {
    const server = await startTestServer({ limits: { registrationPerAddress: { points: 2 } } });
    for (let i = 0; i < 2; i += 1) await RawPerson.register(server.url);
    const third = new RawPerson(server.url);
    const answer = await third.request('POST', '/api/registration', await third.registration());
    expect([answer.status, answer.body.error?.code]).toEqual([429, 'RATE_LIMITED']);
    await server.close();
  });

  it('without an invitation where one is needed: INVITATION_REQUIRED, or INVITATION_INVALID', async () => {
    const server = await startTestServer({ registration: { mode: 'invitation' } });
    const person = new RawPerson(server.url);
    const { proofOfWork: _, ...request } = await person.registration();
    const without = await person.request('POST', '/api/registration', request);
    expect([without.status, without.body.error?.code]).toEqual([403, 'INVITATION_REQUIRED']);
    const guess = await person.request('POST', '/api/registration', { ...request, invitation: bytes(16) });
    expect([guess.status, guess.body.error?.code]).toEqual([404, 'INVITATION_INVALID']);
    await server.close();
  });
});

async function deviceOf(person: RawPerson, signer: IdentityKey): Promise<Record<string, unknown>> {
  const { userId: _, ...device } = await issueDeviceCertificate(signer, {
    userId: userIdOf(encodeBase64Url(person.identity.publicKey)),
    deviceId: person.deviceId,
    leafKey: encodeBase64Url(person.leaf.publicKey),
    createdAt: Date.now(),
  });
  return device;
}

const asProof = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');
const proofOf = (request: Request) =>
  JSON.parse(Buffer.from(String(request['proofOfWork']), 'base64').toString()) as { challenge: ProofOfWork };
const changed = (request: Request, change: object): string => asProof({ ...proofOf(request), ...change });

function cheaper(request: Request): string {
  const { challenge, ...rest } = proofOf(request);
  return asProof({
    ...rest,
    challenge: { ...challenge, parameters: { ...challenge.parameters, cost: 1, keyPrefix: '' } },
  });
}

/** Solved honestly, but never issued by the server. */
async function ownChallenge(request: Request): Promise<string> {
  const { challenge } = proofOf(request);
  const own = { ...challenge, parameters: { ...challenge.parameters, data: { expiresAt: Number.MAX_SAFE_INTEGER } } };
  const solution = await solveChallenge({ challenge: own, deriveKey });
  return asProof({ challenge: own, solution });
}
