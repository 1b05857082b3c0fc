import { ERRORS } from '../../../protocol/errors.js';
import type { HandshakeView, LogEntry } from '../../../protocol/payloads/chat.payloads.js';
import { begunWithBob } from './friend.story.js';
import { at, STAND_INS } from './stand-ins.js';
import { asks, push, type Step } from './steps.js';

const { alice, bob, messages } = STAND_INS;
const conversationId = STAND_INS.conversation.withBob;
const incarnation = STAND_INS.incarnation.withBob;

const welcome: HandshakeView = {
  epoch: 1,
  kind: 'reset',
  senderId: alice.userId,
  senderDeviceId: alice.device.deviceId,
  members: [alice.userId, bob.userId],
  welcome: 'MLS-Welcome-for-Bob',
};

const encryption: readonly Step[] = [
  asks('Alice starts the encryption', {
    as: 'alice',
    event: 'handshake:submit',
    request: {
      conversationId,
      baseEpoch: 0,
      kind: 'reset',
      welcome: 'MLS-Welcome-for-Bob',
      welcomed: [{ userId: bob.userId, deviceId: bob.device.deviceId }],
    },
    data: { epoch: 1 },
    pushes: [push('bob', 'handshake:received', { conversationId, epoch: 1 })],
  }),
  asks('Bob fetches it', {
    as: 'bob',
    event: 'handshake:list',
    request: { conversationId, afterEpoch: 0 },
    data: { epoch: 1, handshakes: [welcome] },
  }),
  asks('Bob has applied it', {
    as: 'bob',
    event: 'handshake:done',
    request: { conversationId, epoch: 1 },
    data: {},
  }),
];

const first: LogEntry = {
  seq: 1,
  senderId: alice.userId,
  senderDeviceId: alice.device.deviceId,
  clientMessageId: messages.first,
  epoch: 1,
  acceptedAt: at(200),
  burnAfterReadSeconds: 30,
  burnAt: at(3_800),
  ciphertext: 'MLS-PrivateMessage-one',
};
const sealed = { conversationId, epoch: 1, ciphertext: 'MLS-PrivateMessage-one', burnAfterReadSeconds: 30 };
const accepted = { incarnation, acceptedAt: at(200), burnAt: at(3_800), duplicate: false };

const message: readonly Step[] = [
  asks('Alice sends', {
    as: 'alice',
    event: 'message:send',
    request: { ...sealed, clientMessageId: messages.first },
    data: { ...accepted, seq: 1 },
    pushes: [push('bob', 'message:received', { conversationId, incarnation, entry: first })],
  }),
  asks('Alice sends it again after a lost answer', {
    as: 'alice',
    event: 'message:send',
    request: { ...sealed, clientMessageId: messages.first },
    data: { ...accepted, seq: 1, duplicate: true },
  }),
  {
    kind: 'event',
    name: 'Alice sends with an epoch that is not the current one',
    as: 'alice',
    event: 'message:send',
    request: { ...sealed, clientMessageId: messages.late, epoch: 2 },
    answer: {
      ok: false,
      error: {
        code: 'EPOCH_STALE',
        message: ERRORS.EPOCH_STALE.message,
        details: { epoch: 1, members: [alice.userId, bob.userId] },
      },
    },
    pushes: [],
    shown: true,
  },
  asks('Bob synchronises', {
    as: 'bob',
    event: 'message:sync',
    request: { conversationId, afterSeq: 0, limit: 100 },
    data: {
      incarnation,
      headSeq: 1,
      burnedThrough: 0,
      entries: [first],
      serverTime: at(201),
    },
  }),
  asks('Bob has it on his device', {
    as: 'bob',
    event: 'message:delivered',
    request: { conversationId, incarnation, seqs: [1] },
    data: {},
    pushes: [
      push('alice', 'message:receipt', {
        conversationId,
        incarnation,
        userId: bob.userId,
        kind: 'delivered',
        messages: [{ seq: 1, burnAt: at(3_800) }],
        at: at(202),
      }),
    ],
  }),
  asks('Bob has read it', {
    as: 'bob',
    event: 'message:read',
    request: { conversationId, incarnation, seqs: [1] },
    data: { burnTimes: [{ seq: 1, burnAt: at(233) }] },
    pushes: [
      push('alice', 'message:receipt', {
        conversationId,
        incarnation,
        userId: bob.userId,
        kind: 'read',
        messages: [{ seq: 1, burnAt: at(233) }],
        at: at(203),
      }),
    ],
  }),
];

const recall: readonly Step[] = [
  asks('Alice sends another', {
    as: 'alice',
    event: 'message:send',
    request: { ...sealed, clientMessageId: messages.second },
    data: { ...accepted, seq: 2 },
    shown: false,
  }),
  asks('Alice recalls it', {
    as: 'alice',
    event: 'message:burn',
    request: { conversationId, incarnation, seqs: [2] },
    data: {},
    pushes: [
      push('bob', 'message:burned', { conversationId, incarnation, messages: [{ seq: 2, reason: 'recalled' }] }),
    ],
  }),
];

const live = { ...begunWithBob, headSeq: 2, epoch: 1, lastActivityAt: at(204) };
const around: readonly Step[] = [
  asks('Alice lists her conversations', {
    as: 'alice',
    event: 'conversation:list',
    request: {},
    data: { conversations: [live], serverTime: at(210) },
  }),
  asks('Alice wants messages gone 10 seconds after they were read', {
    as: 'alice',
    event: 'conversation:set-burn',
    request: { conversationId, burnAfterReadSeconds: 10 },
    data: { ...live, ownBurnAfterReadSeconds: 10, burnAfterReadSeconds: 10 },
    pushes: [push('bob', 'conversation:updated', { conversation: { ...live, burnAfterReadSeconds: 10 } })],
  }),
  asks('Alice types', {
    as: 'alice',
    event: 'typing:set',
    request: { conversationId, typing: true },
    data: {},
    pushes: [push('bob', 'typing:changed', { conversationId, userId: alice.userId, typing: true })],
  }),
  asks('Alice asks who is online', {
    as: 'alice',
    event: 'presence:list',
    request: {},
    data: { friends: [{ userId: bob.userId, online: true }] },
  }),
  {
    kind: 'event',
    name: 'Bob gives no acknowledgement callback',
    as: 'bob',
    event: 'presence:list',
    request: {},
    pushes: [push('bob', 'connection:refused', { code: 'ACK_REQUIRED', message: ERRORS.ACK_REQUIRED.message })],
    shown: true,
  },
  {
    kind: 'disconnect',
    name: 'Bob disconnects',
    as: 'bob',
    pushes: [push('alice', 'presence:changed', { userId: bob.userId, online: false })],
    shown: true,
  },
];

/** Alice and Bob talk. */
export const MESSAGE_STORY: readonly Step[] = [...encryption, ...message, ...recall, ...around];
