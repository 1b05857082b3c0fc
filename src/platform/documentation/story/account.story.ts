import { ERRORS } from '../../../protocol/errors.js';
import { at, STAND_INS } from './stand-ins.js';
import { http, push, refusal, type Step } from './steps.js';

const { alice, login, refreshed, registration, server, keyPackages } = STAND_INS;
const { deviceId, leafKey, certificate } = alice.device;
export const aliceDevice = { deviceId, leafKey, createdAt: at(0), signature: certificate };
const tokens = { userId: alice.userId, username: 'alice', deviceId };
const settings = { sharePresence: true, shareTyping: true, shareRead: true, burnAfterReadSeconds: 30 };
const account = {
  userId: alice.userId,
  username: 'alice',
  role: 'user',
  displayName: 'alice',
  avatarColour: 'grey',
  identityKey: alice.identityKey,
  keyVersion: 1,
  deviceId,
  settings,
  keyPackagesAvailable: 0,
  createdAt: at(1),
};
export const aliceKeyHistory = {
  version: 1,
  identityKey: alice.identityKey,
  createdAt: at(0),
  previousHash: '',
  ...alice.history,
};
const loginChallenge = {
  challengeId: login.challengeId,
  nonce: login.nonce,
  server,
  account: 'alice',
  purpose: 'login',
  expiresAt: at(140),
};
const session = { deviceId, createdAt: at(1), lastUsedAt: at(2) };

const arrival: readonly Step[] = [
  http('the process runs', { operation: 'GET /health/live', as: null, status: 200, answer: { status: 'ok' } }),
  http('the stores answer', { operation: 'GET /health/ready', as: null, status: 200, answer: { status: 'ok' } }),
  http('what registering takes', {
    operation: 'GET /api/registration',
    as: null,
    status: 200,
    answer: {
      mode: 'open',
      server,
      nonce: registration.nonce,
      proofOfWork: {
        parameters: {
          algorithm: 'PBKDF2/SHA-256',
          nonce: registration.nonce,
          salt: registration.salt,
          cost: 5_000,
          keyLength: 32,
          keyPrefix: registration.keyPrefix,
          keySignature: registration.keySignature,
          data: { expiresAt: at(300) },
        },
        signature: registration.challengeSignature,
      },
    },
  }),
  http('Alice registers', {
    operation: 'POST /api/registration',
    as: null,
    request: {
      username: 'alice',
      identityKey: alice.identityKey,
      device: aliceDevice,
      historySignature: alice.history.signature,
      nonce: registration.nonce,
      signature: registration.signature,
      proofOfWork: registration.proofOfWork,
    },
    status: 201,
    answer: { ...tokens, ...alice.session, accessTokenExpiresAt: at(601) },
  }),
];

const sessions: readonly Step[] = [
  http('Alice asks for a challenge', {
    operation: 'POST /api/auth/challenges',
    as: null,
    request: { username: 'alice', purpose: 'login' },
    status: 201,
    answer: loginChallenge,
  }),
  http('an unknown purpose is refused', {
    operation: 'POST /api/auth/challenges',
    as: null,
    request: { username: 'alice', purpose: 'fun' },
    status: 400,
    answer: refusal('BAD_REQUEST', ERRORS.BAD_REQUEST.message, {
      problems: [{ field: 'purpose', problem: 'must be equal to one of the allowed values' }],
    }),
  }),
  http('Alice logs in', {
    operation: 'POST /api/auth/sessions',
    as: null,
    request: { challengeId: login.challengeId, deviceId, signature: login.signature },
    status: 201,
    answer: { ...tokens, ...login.session, accessTokenExpiresAt: at(620) },
  }),
  http('Alice exchanges her refresh token', {
    operation: 'POST /api/auth/refresh',
    as: null,
    request: { refreshToken: login.session.refreshToken },
    status: 200,
    answer: { ...tokens, sessionId: login.session.sessionId, ...refreshed, accessTokenExpiresAt: at(630) },
  }),
  http('Alice sees both her sessions', {
    operation: 'GET /api/sessions',
    as: 'alice',
    status: 200,
    answer: {
      sessions: [
        { sessionId: login.session.sessionId, ...session, current: true },
        { sessionId: alice.session.sessionId, ...session, current: false },
      ],
    },
  }),
  http('Alice ends the other one', {
    operation: 'DELETE /api/sessions/{sessionId}',
    as: 'alice',
    parameters: { sessionId: alice.session.sessionId },
    status: 204,
  }),
];

const named = { ...account, displayName: 'Alice', avatarColour: 'teal' };
const own: readonly Step[] = [
  {
    kind: 'connect',
    name: 'Alice connects',
    as: 'alice',
    auth: { token: refreshed.accessToken },
    pushes: [
      push('alice', 'connection:ready', {
        userId: alice.userId,
        deviceId,
        sessionId: login.session.sessionId,
        serverTime: at(31),
      }),
    ],
    shown: true,
  },
  {
    kind: 'connect',
    name: 'a token that is none is refused',
    as: 'alice',
    auth: { token: 'not-a-token' },
    refusal: { code: 'UNAUTHENTICATED', message: ERRORS.UNAUTHENTICATED.message, details: {} },
    pushes: [],
    shown: true,
  },
  http('Alice asks who she is', { operation: 'GET /api/me', as: 'alice', status: 200, answer: account }),
  http('nobody is not told', {
    operation: 'GET /api/me',
    as: null,
    status: 401,
    answer: refusal('UNAUTHENTICATED', ERRORS.UNAUTHENTICATED.message),
  }),
  http('Alice chooses a name and a colour', {
    operation: 'PATCH /api/me/profile',
    as: 'alice',
    request: { displayName: 'Alice', avatarColour: 'teal' },
    status: 200,
    answer: named,
  }),
  http('Alice reads her settings', {
    operation: 'GET /api/me/settings',
    as: 'alice',
    status: 200,
    answer: settings,
  }),
  http('Alice keeps to herself what she has read', {
    operation: 'PATCH /api/me/settings',
    as: 'alice',
    request: { shareRead: false },
    status: 200,
    answer: { ...settings, shareRead: false },
    pushes: [push('alice', 'settings:changed', { ...settings, shareRead: false })],
  }),
  http('Alice reads her key history', {
    operation: 'GET /api/me/identity-keys',
    as: 'alice',
    status: 200,
    answer: { entries: [aliceKeyHistory] },
  }),
  http('Alice uploads key packages', {
    operation: 'POST /api/me/key-packages',
    as: 'alice',
    request: { keyPackages: [keyPackages.first], lastResort: keyPackages.lastResort },
    status: 201,
    answer: { available: 1, lastResort: true },
  }),
  http('Alice counts her key packages', {
    operation: 'GET /api/me/key-packages',
    as: 'alice',
    status: 200,
    answer: { available: 1, lastResort: true },
  }),
  http('the operator invites someone to register', {
    operation: 'POST /api/admin/registration-invitations',
    as: 'olga',
    status: 201,
    answer: { code: STAND_INS.operatorCode, expiresAt: at(604_840) },
  }),
];

/** Alice arrives on the server. */
export const ACCOUNT_STORY: readonly Step[] = [...arrival, ...sessions, ...own];
