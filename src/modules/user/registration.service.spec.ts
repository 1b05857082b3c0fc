import { describe, expect, it } from '@jest/globals';
import type { Challenge as WorkToDo } from 'altcha-lib';
import { registrationBytes } from '../../protocol/signing.js';
import { RegistrationGate } from './registration.gate.js';
import { RegistrationService } from './registration.service.js';
import { TestKey, TestPerson } from './spec/test-person.js';
import { solved, startUserModule, type UserRig } from './spec/user-rig.js';
import { UserAdministration } from './user.administration.js';

const flip = (text: string): string => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
const register = (rig: UserRig, request: Parameters<RegistrationService['register']>[0], address = 'address') =>
  rig.get(RegistrationService).register(request, address);

describe('registration', () => {
  it('makes an account and logs its device in', async () => {
    const rig = await startUserModule();
    const person = new TestPerson('alice');
    const tokens = await rig.register(person);
    const { userId, deviceId } = person;
    expect(tokens).toMatchObject({ userId, deviceId, username: 'alice' });
    expect(await rig.principal(tokens)).toEqual({ userId, deviceId, sessionId: tokens.sessionId, role: 'user' });
  });

  it.each<[string, string, (person: TestPerson) => Partial<Record<string, unknown>>]>([
    ['an identity key of zeros', 'BAD_KEY', () => ({ identityKey: 'A'.repeat(43) })],
    ['a key of low order', 'BAD_KEY', () => ({ identityKey: `AQ${'A'.repeat(41)}` })],
    ['a key off the curve', 'BAD_KEY', () => ({ identityKey: `Ag${'A'.repeat(41)}` })],
    ['another spelling of the key', 'BAD_KEY', (p) => ({ identityKey: `${p.identity.publicKey.slice(0, 42)}_` })],
    ['a signature by another key', 'BAD_SIGNATURE', () => ({ identityKey: new TestKey().publicKey })],
    ['another name than was signed', 'BAD_SIGNATURE', () => ({ username: 'somebody_else' })],
    ['a certificate by another key', 'BAD_SIGNATURE', (p) => ({ device: p.device(new TestKey()) })],
    [
      'the history signature of another',
      'BAD_SIGNATURE',
      () => ({ historySignature: new TestPerson().genesisSignature() }),
    ],
    ['a certificate as the signature', 'BAD_SIGNATURE', (p) => ({ signature: p.device().signature })],
    ['no proof of work', 'PROOF_OF_WORK_INVALID', () => ({ proofOfWork: undefined })],
    ['a proof that is not one', 'PROOF_OF_WORK_INVALID', () => ({ proofOfWork: 'e30=' })],
    ['another nonce than that of the work', 'PROOF_OF_WORK_INVALID', () => ({ nonce: 'f'.repeat(32) })],
  ])('refuses %s', async (_, code, change) => {
    const rig = await startUserModule();
    const person = new TestPerson();
    const request = { ...(await rig.request(person)), ...change(person) };
    await expect(register(rig, request as never)).rejects.toMatchObject({ code });
    expect(await rig.stores.accounts.countCreatedSince(0)).toBe(0);
  });

  it('refuses a leaf key of low order', async () => {
    const rig = await startUserModule();
    const person = new TestPerson();
    person.leaf = { publicKey: 'A'.repeat(43) } as TestKey;
    await expect(register(rig, await rig.request(person))).rejects.toMatchObject({ code: 'BAD_KEY' });
  });

  it('refuses a registration that was signed for another server', async () => {
    const rig = await startUserModule();
    const person = new TestPerson();
    const request = await rig.request(person);
    const { username, identityKey, nonce, device } = request;
    const signed = { server: 'https://evil.example', username, identityKey, nonce, ...device };
    const signature = person.identity.sign(registrationBytes(signed));
    await expect(register(rig, { ...request, signature })).rejects.toMatchObject({ code: 'BAD_SIGNATURE' });
  });

  it('refuses work that is forged, expired or used', async () => {
    const rig = await startUserModule();
    const terms = await rig.get(RegistrationGate).terms('address');
    const forged = structuredClone(terms.proofOfWork) as WorkToDo;
    forged.parameters.keyPrefix = '0';
    const refusal = { code: 'PROOF_OF_WORK_INVALID' };
    const forgery = rig.request(new TestPerson(), { ...terms, proofOfWork: forged });
    await expect(register(rig, await forgery)).rejects.toMatchObject(refusal);

    await register(rig, await rig.request(new TestPerson(), terms));
    await expect(register(rig, await rig.request(new TestPerson(), terms))).rejects.toMatchObject(refusal);

    const late = await rig.request(new TestPerson());
    rig.clock.advance(60_000);
    await expect(register(rig, late)).rejects.toMatchObject(refusal);
  });

  it('refuses a solution that is not the one looked for', async () => {
    const rig = await startUserModule();
    const terms = await rig.get(RegistrationGate).terms('address');
    const proof = JSON.parse(Buffer.from(await solved(terms.proofOfWork as WorkToDo), 'base64').toString()) as {
      solution: { derivedKey: string; counter: number };
    };
    proof.solution.derivedKey = [...proof.solution.derivedKey].reverse().join('');
    const request = await rig.request(new TestPerson(), terms);
    const proofOfWork = Buffer.from(JSON.stringify(proof)).toString('base64');
    await expect(register(rig, { ...request, proofOfWork })).rejects.toMatchObject({ code: 'PROOF_OF_WORK_INVALID' });
  });

  it('lets one of two spend the same work at once', async () => {
    const rig = await startUserModule();
    const terms = await rig.get(RegistrationGate).terms('address');
    const requests = [await rig.request(new TestPerson(), terms), await rig.request(new TestPerson(), terms)];
    const results = await Promise.allSettled(requests.map((request) => register(rig, request)));
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await rig.stores.accounts.countCreatedSince(0)).toBe(1);
  });

  it('says which of name and key is taken', async () => {
    const rig = await startUserModule();
    const person = new TestPerson('alice');
    await rig.register(person);
    await expect(rig.register(new TestPerson('alice'))).rejects.toMatchObject({ code: 'USERNAME_TAKEN' });
    await expect(rig.register(person)).rejects.toMatchObject({ code: 'IDENTITY_KEY_TAKEN' });
  });

  it('gives a name to one of several that register at once', async () => {
    const rig = await startUserModule();
    const requests = [];
    for (let i = 0; i < 5; i++) requests.push(await rig.request(new TestPerson('alice')));
    const results = await Promise.allSettled(requests.map((request) => register(rig, request)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    expect(reasons).toEqual(Array(4).fill(expect.objectContaining({ code: 'USERNAME_TAKEN' })));
  });

  it('raises the price with the registrations of the last hour', async () => {
    const rig = await startUserModule();
    const idle = await averageCounter(rig);
    for (let i = 0; i < 4; i++) await rig.stores.accounts.create(new TestPerson().account(rig.clock.now()));
    const busy = await averageCounter(rig);
    expect(busy / idle).toBeGreaterThan(2);
    rig.clock.advance(3_600_001);
    expect(await averageCounter(rig)).toBeLessThan(busy);
  });

  it('counts registrations per address', async () => {
    const rig = await startUserModule({ limits: { registrationPerAddress: { points: 2, perMs: 3_600_000 } } });
    for (let i = 0; i < 2; i++) await register(rig, await rig.request(new TestPerson()), '192.0.2.1');
    const third = register(rig, await rig.request(new TestPerson()), '192.0.2.1');
    await expect(third).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await register(rig, await rig.request(new TestPerson()), '192.0.2.2');
  });
});

describe('registration by invitation', () => {
  it('needs an invitation, which is used up once', async () => {
    const rig = await startUserModule({ mode: 'invitation' });
    const { code } = await rig.get(UserAdministration).createRegistrationInvitation();
    const terms = await rig.get(RegistrationGate).terms('address');
    expect(terms).toEqual({
      mode: 'invitation',
      server: 'http://localhost:3000',
      nonce: expect.any(String) as unknown,
    });
    const request = await rig.request(new TestPerson());
    await expect(register(rig, request)).rejects.toMatchObject({ code: 'INVITATION_REQUIRED' });
    const wrong = { ...request, invitation: flip(code) };
    await expect(register(rig, wrong)).rejects.toMatchObject({ code: 'INVITATION_INVALID' });

    const requests = [];
    for (let i = 0; i < 4; i++) requests.push({ ...(await rig.request(new TestPerson())), invitation: code });
    const results = await Promise.allSettled(requests.map((each) => register(rig, each)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('refuses a nonce that is not ours, used or expired', async () => {
    const rig = await startUserModule({ mode: 'invitation' });
    const invited = async (terms = rig.get(RegistrationGate).terms('address')) => {
      const { code } = await rig.get(UserAdministration).createRegistrationInvitation();
      return { ...(await rig.request(new TestPerson(), await terms)), invitation: code };
    };
    const refusal = { code: 'PROOF_OF_WORK_INVALID' };
    const terms = await rig.get(RegistrationGate).terms('address');
    const foreign = Promise.resolve({ ...terms, nonce: flip(terms.nonce) });
    await expect(register(rig, await invited(foreign))).rejects.toMatchObject(refusal);
    await register(rig, await invited(Promise.resolve(terms)));
    await expect(register(rig, await invited(Promise.resolve(terms)))).rejects.toMatchObject(refusal);
    const late = await invited();
    rig.clock.advance(60_000);
    await expect(register(rig, late)).rejects.toMatchObject(refusal);
  });
});

async function averageCounter(rig: UserRig): Promise<number> {
  let sum = 0;
  for (let i = 0; i < 20; i++) {
    const { proofOfWork } = await rig.get(RegistrationGate).terms('address');
    const proof = JSON.parse(Buffer.from(await solved(proofOfWork as WorkToDo), 'base64').toString()) as {
      solution: { counter: number };
    };
    sum += proof.solution.counter;
  }
  return sum / 20;
}
