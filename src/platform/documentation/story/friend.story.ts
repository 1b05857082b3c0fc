import { ERRORS } from '../../../protocol/errors.js';
import { LIMITS } from '../../../protocol/limits.js';
import type { ConversationView } from '../../../protocol/payloads/chat.payloads.js';
import type { FriendView, PersonView } from '../../../protocol/payloads/relation.payloads.js';
import { aliceDevice, aliceKeyHistory } from './account.story.js';
import { at, STAND_INS } from './stand-ins.js';
import { http, type PersonName, push, refusal, type Step } from './steps.js';

const { alice, bob, carol, conversation, incarnation, invitation, keyPackages, requests, revoked } = STAND_INS;

type Keys = typeof alice;

const alicePerson: PersonView = {
  userId: alice.userId,
  username: 'alice',
  displayName: 'Alice',
  avatarColour: 'teal',
};
const friend = (person: PersonView, keys: Keys): FriendView => ({
  ...person,
  identityKey: keys.identityKey,
  keyVersion: 1,
  device: {
    deviceId: keys.device.deviceId,
    leafKey: keys.device.leafKey,
    createdAt: at(0),
    signature: keys.device.certificate,
  },
  conversationId: conversation.withBob,
  since: at(60),
});
export const aliceOfBob: FriendView = { ...friend(alicePerson, alice), device: aliceDevice };
export const bobOfAlice = friend(
  { userId: bob.userId, username: 'bob', displayName: 'bob', avatarColour: 'grey' },
  bob,
);
const withCarol = { conversationId: conversation.withCarol, since: at(90) };
const aliceOfCarol: FriendView = { ...aliceOfBob, ...withCarol };
const carolOfAlice: FriendView = {
  ...friend({ userId: carol.userId, username: 'carol', displayName: 'carol', avatarColour: 'grey' }, carol),
  ...withCarol,
};

export const begunWithBob: ConversationView = {
  conversationId: conversation.withBob,
  kind: 'direct',
  members: [alice.userId, bob.userId],
  incarnation: incarnation.withBob,
  headSeq: 0,
  burnedThrough: 0,
  unread: 0,
  epoch: 0,
  ownBurnAfterReadSeconds: 30,
  burnAfterReadSeconds: 30,
  lastActivityAt: 0,
};

const connect = (as: PersonName, person: Keys): Step => ({
  kind: 'connect',
  name: `${as} connects`,
  as,
  auth: { token: person.session.accessToken },
  pushes: [],
  shown: false,
});

const invitations: readonly Step[] = [
  connect('bob', bob),
  connect('carol', carol),
  http('Alice makes an invitation', {
    operation: 'POST /api/invitations',
    as: 'alice',
    status: 201,
    answer: { ...revoked, expiresAt: at(86_450) },
  }),
  http('Alice sees it among the open ones', {
    operation: 'GET /api/invitations',
    as: 'alice',
    status: 200,
    answer: { invitations: [{ invitationId: revoked.invitationId, expiresAt: at(86_450) }] },
  }),
  http('Alice revokes it', {
    operation: 'DELETE /api/invitations/{invitationId}',
    as: 'alice',
    parameters: { invitationId: revoked.invitationId },
    status: 204,
  }),
  http('Bob makes an invitation', {
    operation: 'POST /api/invitations',
    as: 'bob',
    status: 201,
    answer: { ...invitation, expiresAt: at(86_455) },
    shown: false,
  }),
  http("Alice redeems Bob's invitation", {
    operation: 'POST /api/invitations/redeem',
    as: 'alice',
    request: { code: invitation.code },
    status: 200,
    answer: bobOfAlice,
    pushes: [
      push('bob', 'friend:added', { friend: aliceOfBob }),
      push('alice', 'conversation:updated', { conversation: begunWithBob }),
    ],
  }),
];

const incoming = (requestId: string) => ({ requestId, from: alicePerson, createdAt: at(80) });
const outgoing = (requestId: string) => ({ requestId, username: 'carol', createdAt: at(80) });
const asksCarol = (requestId: string, shown: boolean): Step =>
  http('Alice asks Carol', {
    operation: 'POST /api/friend-requests',
    as: 'alice',
    request: { username: 'carol' },
    status: 202,
    answer: outgoing(requestId),
    pushes: [push('carol', 'friend:requested', { request: incoming(requestId) })],
    shown,
  });

const friendRequests: readonly Step[] = [
  asksCarol(requests.cancelled, true),
  http('Alice cancels her request', {
    operation: 'DELETE /api/friend-requests/{requestId}',
    as: 'alice',
    parameters: { requestId: requests.cancelled },
    status: 204,
    pushes: [push('carol', 'friend:request-withdrawn', { requestId: requests.cancelled })],
  }),
  asksCarol(requests.accepted, false),
  http('Carol sees the request', {
    operation: 'GET /api/friend-requests',
    as: 'carol',
    status: 200,
    answer: { incoming: [incoming(requests.accepted)], outgoing: [] },
  }),
  http('Carol accepts', {
    operation: 'POST /api/friend-requests/{requestId}/accept',
    as: 'carol',
    parameters: { requestId: requests.accepted },
    status: 200,
    answer: aliceOfCarol,
    pushes: [push('alice', 'friend:added', { friend: carolOfAlice })],
  }),
  http('there is no such request', {
    operation: 'POST /api/friend-requests/{requestId}/accept',
    as: 'carol',
    parameters: { requestId: STAND_INS.nobody },
    status: 404,
    answer: refusal('NOT_FOUND', ERRORS.NOT_FOUND.message),
  }),
  http('Carol ends the friendship', {
    operation: 'DELETE /api/friends/{userId}',
    as: 'carol',
    parameters: { userId: alice.userId },
    status: 204,
    pushes: [
      push('alice', 'conversation:removed', { conversationId: conversation.withCarol }),
      push('alice', 'friend:removed', { userId: carol.userId, conversationId: conversation.withCarol }),
    ],
  }),
  asksCarol(requests.declined, false),
  http('Carol declines', {
    operation: 'POST /api/friend-requests/{requestId}/decline',
    as: 'carol',
    parameters: { requestId: requests.declined },
    status: 204,
  }),
  http('Carol blocks Alice', {
    operation: 'POST /api/blocks',
    as: 'carol',
    request: { userId: alice.userId },
    status: 204,
  }),
  http('Carol sees whom she blocks', {
    operation: 'GET /api/blocks',
    as: 'carol',
    status: 200,
    answer: { blocked: [alicePerson] },
  }),
  http('Carol lifts the block', {
    operation: 'DELETE /api/blocks/{userId}',
    as: 'carol',
    parameters: { userId: alice.userId },
    status: 204,
  }),
];

const friends: readonly Step[] = [
  http('Bob lists his friends', {
    operation: 'GET /api/friends',
    as: 'bob',
    status: 200,
    answer: { friends: [aliceOfBob], limit: LIMITS.friends },
  }),
  http("Bob reads Alice's key history", {
    operation: 'GET /api/friends/{userId}/identity-keys',
    as: 'bob',
    parameters: { userId: alice.userId },
    status: 200,
    answer: { entries: [aliceKeyHistory] },
  }),
  http('Bob takes a key package of Alice', {
    operation: 'POST /api/friends/{userId}/key-package',
    as: 'bob',
    parameters: { userId: alice.userId },
    status: 200,
    answer: {
      userId: alice.userId,
      deviceId: alice.device.deviceId,
      keyPackage: keyPackages.first,
      lastResort: false,
    },
    pushes: [push('alice', 'key-packages:low', { available: 0 })],
  }),
];

/** Alice and Bob become friends; Alice and Carol for a while. */
export const FRIEND_STORY: readonly Step[] = [...invitations, ...friendRequests, ...friends];
