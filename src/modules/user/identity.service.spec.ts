import { describe, expect, it } from '@jest/globals';
import { LIMITS } from '../../protocol/limits.js';
import type { ChangeIdentityKeyRequest } from '../../protocol/payloads/user.payloads.js';
import { challengeBytes, type ChallengePurpose, keyHistoryBytes } from '../../protocol/signing.js';
import { verifySignature } from './domain/ed25519.js';
import { IdentityService } from './identity.service.js';
import { TestKey, TestPerson } from './spec/test-person.js';
import { startUserModule, type UserRig } from './spec/user-rig.js';

const started = async () => {
  const rig = await startUserModule();
  const person = new TestPerson();
  const caller = await rig.principal(await rig.register(person));
  return { rig, person, caller, identities: rig.get(IdentityService) };
};

async function changeRequest(
  rig: UserRig,
  person: TestPerson,
  key: TestKey,
  purpose: ChallengePurpose = 'change-identity-key',
): Promise<ChangeIdentityKeyRequest> {
  const challenge = await rig.challenge(person.username, purpose);
  const [previous] = await rig.stores.identities.listKeyHistory(person.userId);
  const { publicKey: identityKey } = key;
  const createdAt = rig.clock.now();
  const bytes = challengeBytes(challenge, identityKey, createdAt);
  const link = { version: 2, identityKey, createdAt, previousHash: previous?.hash ?? '' };
  return {
    ...{ challengeId: challenge.challengeId, identityKey, createdAt, device: person.device(key) },
    signature: person.identity.sign(bytes),
    newKeySignature: key.sign(bytes),
    historySignature: person.identity.sign(keyHistoryBytes(person.userId, link)),
  };
}

describe('changing the identity key', () => {
  it('appends to the history that starts with the registration', async () => {
    const { rig, person, caller, identities } = await started();
    const key = new TestKey();
    const entry = await identities.changeKey(caller, await changeRequest(rig, person, key));
    const { entries } = await identities.listKeys(caller);
    expect(entries).toHaveLength(2);
    expect(entries[1]).toEqual(entry);
    expect(entries[0]).toMatchObject({ version: 1, identityKey: person.identity.publicKey, previousHash: '' });
    expect(entry).toMatchObject({ version: 2, identityKey: key.publicKey, previousHash: entries[0]?.hash });
    const bytes = keyHistoryBytes(person.userId, entry);
    expect(verifySignature(person.identity.publicKey, bytes, entry.signature)).toBe(true);
    expect(rig.changes).toEqual([{ userId: person.userId, what: 'identity-key' }]);
  });

  it('is done by one of two at once', async () => {
    const { rig, person, caller, identities } = await started();
    const requests = [await changeRequest(rig, person, new TestKey()), await changeRequest(rig, person, new TestKey())];
    const results = await Promise.allSettled(requests.map((request) => identities.changeKey(caller, request)));
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await identities.listKeys(caller)).entries).toHaveLength(2);
  });

  it.each<
    [string, string, (rig: UserRig, person: TestPerson, request: ChangeIdentityKeyRequest) => Promise<object> | object]
  >([
    [
      'the signature of the new key in place of the old one',
      'BAD_SIGNATURE',
      (_, __, r) => ({ signature: r.newKeySignature }),
    ],
    [
      'the signature of the old key in place of the new one',
      'BAD_SIGNATURE',
      (_, __, r) => ({ newKeySignature: r.signature }),
    ],
    ['signatures over another time', 'BAD_SIGNATURE', (_, __, r) => ({ createdAt: r.createdAt + 1 })],
    ['a time long past', 'BAD_REQUEST', (_, __, r) => ({ createdAt: r.createdAt - LIMITS.orderClockSkewMs - 1 })],
    ['a time to come', 'BAD_REQUEST', (_, __, r) => ({ createdAt: r.createdAt + LIMITS.orderClockSkewMs + 1 })],
    ['a history that was not signed', 'BAD_SIGNATURE', (_, __, r) => ({ historySignature: r.signature })],
    ['a device that the old key certified', 'BAD_SIGNATURE', (_, person) => ({ device: person.device() })],
    ['another device', 'BAD_SIGNATURE', () => ({ device: new TestPerson().device() })],
    [
      'a challenge for another purpose',
      'BAD_SIGNATURE',
      (rig, person) => changeRequest(rig, person, new TestKey(), 'delete-account'),
    ],
    [
      'the challenge of another account',
      'BAD_SIGNATURE',
      async (rig) => {
        const other = new TestPerson();
        await rig.register(other);
        return { challengeId: (await changeRequest(rig, other, new TestKey())).challengeId };
      },
    ],
    ['its own key again', 'IDENTITY_KEY_TAKEN', (rig, person) => changeRequest(rig, person, person.identity)],
    [
      'a key of low order',
      'BAD_KEY',
      (rig, person) => {
        const weak = { publicKey: 'A'.repeat(43), sign: () => 'A'.repeat(86) } as unknown as TestKey;
        return changeRequest(rig, person, weak);
      },
    ],
  ])('refuses %s', async (_, code, change) => {
    const { rig, person, caller, identities } = await started();
    const request = await changeRequest(rig, person, new TestKey());
    const changed = { ...request, ...(await change(rig, person, request)) };
    await expect(identities.changeKey(caller, changed)).rejects.toMatchObject({ code });
    expect((await identities.listKeys(caller)).entries).toHaveLength(1);
  });

  it('refuses a request that is sent again', async () => {
    const { rig, person, caller, identities } = await started();
    const request = await changeRequest(rig, person, new TestKey());
    await identities.changeKey(caller, request);
    await expect(identities.changeKey(caller, request)).rejects.toMatchObject({ code: 'BAD_SIGNATURE' });
  });
});
