import { aliceDevice } from './account.story.js';
import { aliceOfBob, bobOfAlice } from './friend.story.js';
import { at, STAND_INS } from './stand-ins.js';
import { http, push, type Step } from './steps.js';

const { alice, bob, newKey, newDevice, deletion, server } = STAND_INS;

type Challenge = { readonly challengeId: string; readonly nonce: string };
const asksChallenge = (account: string, purpose: string, { challengeId, nonce }: Challenge): Step =>
  http(`${account} asks for a challenge: ${purpose}`, {
    operation: 'POST /api/auth/challenges',
    as: null,
    request: { username: account, purpose },
    status: 201,
    answer: { challengeId, nonce, server, account, purpose, expiresAt: at(420) },
    shown: false,
  });

const connects = (name: string, token: string): Step => ({
  kind: 'connect',
  name,
  as: 'bob',
  auth: { token },
  pushes: [push('alice', 'presence:changed', { userId: bob.userId, online: true })],
  shown: true,
});

const keys: readonly Step[] = [
  connects('Bob connects again', bob.session.accessToken),
  asksChallenge('alice', 'change-identity-key', newKey),
  http('Alice changes her identity key', {
    operation: 'PUT /api/me/identity-key',
    as: 'alice',
    request: {
      challengeId: newKey.challengeId,
      identityKey: newKey.identityKey,
      createdAt: at(300),
      signature: newKey.signature,
      newKeySignature: newKey.newKeySignature,
      historySignature: newKey.history.signature,
      device: { ...aliceDevice, signature: newKey.certificate },
    },
    status: 200,
    answer: {
      version: 2,
      identityKey: newKey.identityKey,
      createdAt: at(300),
      previousHash: alice.history.hash,
      ...newKey.history,
    },
    pushes: [
      push('bob', 'friend:changed', {
        friend: {
          ...aliceOfBob,
          identityKey: newKey.identityKey,
          keyVersion: 2,
          device: { ...aliceDevice, signature: newKey.certificate },
        },
        what: 'identity-key',
      }),
    ],
  }),
];

const phone = {
  deviceId: newDevice.deviceId,
  leafKey: newDevice.leafKey,
  createdAt: at(310),
  signature: newDevice.certificate,
};
const devices: readonly Step[] = [
  asksChallenge('bob', 'add-device', newDevice),
  http('Bob moves to another device', {
    operation: 'POST /api/auth/devices',
    as: null,
    request: { challengeId: newDevice.challengeId, device: phone, signature: newDevice.signature },
    status: 201,
    answer: {
      userId: bob.userId,
      username: 'bob',
      deviceId: newDevice.deviceId,
      ...newDevice.session,
      accessTokenExpiresAt: at(911),
    },
    pushes: [
      push('bob', 'device:added', { deviceId: newDevice.deviceId }),
      push('bob', 'connection:closing', { code: 'DEVICE_REPLACED', action: 'stop' }),
      push('alice', 'friend:changed', { friend: { ...bobOfAlice, device: phone }, what: 'device' }),
    ],
  }),
  connects('Bob connects with it', newDevice.session.accessToken),
];

const leaving: readonly Step[] = [
  http('Bob logs out', {
    operation: 'POST /api/auth/logout',
    as: 'bob',
    status: 204,
    pushes: [push('bob', 'connection:closing', { code: 'SESSION_REVOKED', action: 'login' })],
  }),
  asksChallenge('alice', 'delete-account', deletion),
  http('Alice deletes her account', {
    operation: 'POST /api/me/deletion',
    as: 'alice',
    request: { challengeId: deletion.challengeId, signature: deletion.signature },
    status: 204,
    pushes: [push('alice', 'connection:closing', { code: 'SESSION_REVOKED', action: 'stop' })],
  }),
];

/** Keys and devices change, people leave. */
export const FAREWELL_STORY: readonly Step[] = [...keys, ...devices, ...leaving];
