import { ERRORS } from '../../../protocol/errors.js';
import { LIMITS } from '../../../protocol/limits.js';
import type { ConversationView } from '../../../protocol/payloads/chat.payloads.js';
import type { GroupMemberView, GroupView } from '../../../protocol/payloads/group.payloads.js';
import type { FriendView } from '../../../protocol/payloads/relation.payloads.js';
import { aliceKeyHistory } from './account.story.js';
import { aliceOfBob, begunWithBob, bobOfAlice } from './friend.story.js';
import { at, STAND_INS } from './stand-ins.js';
import { asks, http, push, refusal, type Step } from './steps.js';

const { alice, bob, chosen, keyPackages, logOfGroup, group: groupId } = STAND_INS;

const member = (friend: FriendView): GroupMemberView => {
  const { conversationId: _, since: __, ...person } = friend;
  return { ...person, joinedAt: at(120) };
};
const members = [member(aliceOfBob), member(bobOfAlice)];
const group: GroupView = { groupId, ownerId: alice.userId, createdAt: at(120), members };
const conversation: ConversationView = {
  ...begunWithBob,
  conversationId: groupId,
  kind: 'group',
  incarnation: logOfGroup,
};
const update = (view: Partial<ConversationView>) =>
  push('bob', 'conversation:updated', { conversation: { ...conversation, ...view } });

const founding: readonly Step[] = [
  http('Alice founds a group with Bob', {
    operation: 'POST /api/groups',
    as: 'alice',
    request: { clientGroupId: chosen.group, members: [bob.userId] },
    status: 201,
    answer: group,
    pushes: [push('bob', 'group:updated', { group }), update({})],
  }),
  http('Bob lists his groups', {
    operation: 'GET /api/groups',
    as: 'bob',
    status: 200,
    answer: { groups: [group], limit: LIMITS.groups },
  }),
  http('Bob looks at the group', {
    operation: 'GET /api/groups/{groupId}',
    as: 'bob',
    parameters: { groupId },
    status: 200,
    answer: group,
  }),
  http('Bob reads the key history of a fellow member', {
    operation: 'GET /api/groups/{groupId}/members/{userId}/identity-keys',
    as: 'bob',
    parameters: { groupId, userId: alice.userId },
    status: 200,
    answer: { entries: [aliceKeyHistory] },
  }),
  http('Bob takes a key package of a fellow member', {
    operation: 'POST /api/groups/{groupId}/members/{userId}/key-package',
    as: 'bob',
    parameters: { groupId, userId: alice.userId },
    status: 200,
    answer: {
      userId: alice.userId,
      deviceId: alice.device.deviceId,
      keyPackage: keyPackages.lastResort,
      lastResort: true,
    },
  }),
];

const encryption: readonly Step[] = [
  asks("Alice starts the group's encryption and seals its name", {
    as: 'alice',
    event: 'handshake:submit',
    request: {
      conversationId: groupId,
      baseEpoch: 0,
      kind: 'reset',
      welcome: 'MLS-Welcome-for-all-others',
      welcomed: [{ userId: bob.userId, deviceId: bob.device.deviceId }],
      sealedName: 'AES-GCM-sealed-name-of-epoch-1',
    },
    data: { epoch: 1 },
    pushes: [update({ epoch: 1 }), push('bob', 'handshake:received', { conversationId: groupId, epoch: 1 })],
  }),
  asks('Alice renames the group', {
    as: 'alice',
    event: 'handshake:submit',
    request: {
      conversationId: groupId,
      baseEpoch: 1,
      kind: 'commit',
      commit: 'MLS-Commit',
      welcomed: [],
      sealedName: 'AES-GCM-sealed-name-of-epoch-2',
    },
    data: { epoch: 2 },
    pushes: [push('bob', 'handshake:received', { conversationId: groupId, epoch: 2 })],
  }),
  {
    kind: 'event',
    name: 'Bob commits on an epoch that is over',
    as: 'bob',
    event: 'handshake:submit',
    request: { conversationId: groupId, baseEpoch: 1, kind: 'commit', commit: 'MLS-Commit', welcomed: [] },
    answer: {
      ok: false,
      ...refusal('EPOCH_STALE', ERRORS.EPOCH_STALE.message, { epoch: 2, members: [alice.userId, bob.userId] }),
    },
    pushes: [],
    shown: true,
  },
];

const ending: readonly Step[] = [
  http('Bob leaves the group', {
    operation: 'POST /api/groups/{groupId}/leave',
    as: 'bob',
    parameters: { groupId },
    status: 204,
    pushes: [
      push('bob', 'conversation:removed', { conversationId: groupId }),
      push('alice', 'group:updated', { group: { ...group, members: members.slice(0, 1) } }),
      push('alice', 'handshake:received', { conversationId: groupId, epoch: 3 }),
    ],
  }),
  asks('Alice sees that he left', {
    as: 'alice',
    event: 'handshake:list',
    request: { conversationId: groupId, afterEpoch: 2 },
    data: { epoch: 3, handshakes: [{ epoch: 3, kind: 'leave', senderId: bob.userId, members: [alice.userId] }] },
  }),
  http('Alice dissolves the group', {
    operation: 'DELETE /api/groups/{groupId}',
    as: 'alice',
    parameters: { groupId },
    status: 204,
    pushes: [push('alice', 'conversation:removed', { conversationId: groupId })],
  }),
];

/** Alice and Bob have a group for a while. */
export const GROUP_STORY: readonly Step[] = [...founding, ...encryption, ...ending];
