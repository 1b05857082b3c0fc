import type { ClientEventName, ServerEventName } from '../../src/protocol/events.js';
import { BALANCE, PAYMENT_ORDER } from '../payments/payment-shapes.js';
import { aCount, aFlag, aKey, anId, aSignature, aText, fields, listOf, oneOf, optional, type Shape } from './shape.js';

/** What the SDK relies on in what a server sends. An evil server may still lie, but only in values, not in types. */
const burnTime = fields({ seq: aCount, burnAt: aCount });
const device = fields({ deviceId: anId, leafKey: aKey, createdAt: aCount, signature: aSignature });
const person = { userId: anId, username: aText, displayName: aText, avatarColour: aText };
export const FRIEND = fields({
  ...person,
  identityKey: aKey,
  keyVersion: aCount,
  device,
  conversationId: anId,
  since: aCount,
});
const incomingRequest = fields({ requestId: anId, from: fields(person), createdAt: aCount });
export const SETTINGS = fields({
  sharePresence: aFlag,
  shareTyping: aFlag,
  shareRead: aFlag,
  burnAfterReadSeconds: aCount,
});
const presence = fields({ userId: anId, online: aFlag });

const logEntry = fields({
  seq: aCount,
  senderId: anId,
  senderDeviceId: anId,
  clientMessageId: anId,
  epoch: aCount,
  acceptedAt: aCount,
  burnAfterReadSeconds: aCount,
  burnAt: aCount,
  ciphertext: optional(aText),
  deliveredAt: optional(aCount),
  readAt: optional(aCount),
  receipts: optional(listOf(fields({ userId: anId, deliveredAt: optional(aCount), readAt: optional(aCount) }))),
  burned: optional(oneOf('read', 'expired', 'recalled')),
});

const conversation = fields({
  conversationId: anId,
  kind: oneOf('direct', 'group'),
  members: listOf(anId),
  incarnation: anId,
  headSeq: aCount,
  burnedThrough: aCount,
  unread: aCount,
  epoch: aCount,
  ownBurnAfterReadSeconds: aCount,
  burnAfterReadSeconds: aCount,
  lastActivityAt: aCount,
});

const handshake = fields({
  epoch: aCount,
  kind: oneOf('reset', 'commit', 'leave'),
  senderId: anId,
  senderDeviceId: optional(anId),
  members: listOf(anId),
  commit: optional(aText),
  welcome: optional(aText),
  sealedName: optional(aText),
});

export const GROUP = fields({
  groupId: anId,
  ownerId: anId,
  createdAt: aCount,
  members: listOf(fields({ ...person, identityKey: aKey, keyVersion: aCount, device, joinedAt: aCount })),
});
export const GROUPS = fields({ groups: listOf(GROUP), limit: aCount });

const nothing = fields({});

export const RESULT_SHAPES: Readonly<Record<ClientEventName, Shape>> = {
  'conversation:list': fields({ conversations: listOf(conversation), serverTime: aCount }),
  'conversation:set-burn': conversation,
  'message:send': fields({ incarnation: anId, seq: aCount, acceptedAt: aCount, burnAt: aCount, duplicate: aFlag }),
  'message:sync': fields({
    incarnation: anId,
    headSeq: aCount,
    burnedThrough: aCount,
    entries: listOf(logEntry),
    serverTime: aCount,
  }),
  'message:delivered': nothing,
  'message:read': fields({ burnTimes: listOf(burnTime) }),
  'message:burn': nothing,
  'handshake:submit': fields({ epoch: aCount }),
  'handshake:list': fields({ epoch: aCount, handshakes: listOf(handshake) }),
  'handshake:done': nothing,
  'typing:set': nothing,
  'presence:list': fields({ friends: listOf(presence) }),
};

export const EVENT_SHAPES: Readonly<Record<ServerEventName, Shape>> = {
  'connection:ready': fields({ userId: anId, deviceId: anId, sessionId: anId, serverTime: aCount }),
  'connection:refused': fields({ code: aText }),
  'connection:closing': fields({
    code: aText,
    action: oneOf('reconnect', 'login', 'stop'),
    retryAfterMs: optional(aCount),
  }),
  'conversation:updated': fields({ conversation }),
  'conversation:removed': fields({ conversationId: anId }),
  'message:received': fields({ conversationId: anId, incarnation: anId, entry: logEntry }),
  'message:receipt': fields({
    conversationId: anId,
    incarnation: anId,
    userId: anId,
    kind: oneOf('delivered', 'read'),
    messages: listOf(burnTime),
    at: aCount,
  }),
  'message:burned': fields({
    conversationId: anId,
    incarnation: anId,
    messages: listOf(fields({ seq: aCount, reason: oneOf('read', 'expired', 'recalled') })),
  }),
  'handshake:received': fields({ conversationId: anId, epoch: aCount }),
  'typing:changed': fields({ conversationId: anId, userId: anId, typing: aFlag }),
  'presence:changed': presence,
  'friend:requested': fields({ request: incomingRequest }),
  'friend:request-withdrawn': fields({ requestId: anId }),
  'friend:added': fields({ friend: FRIEND }),
  'friend:removed': fields({ userId: anId, conversationId: anId }),
  'friend:changed': fields({ friend: FRIEND, what: aText }),
  'group:updated': fields({ group: GROUP }),
  'payment:updated': PAYMENT_ORDER,
  'payment:balance-changed': BALANCE,
  'settings:changed': SETTINGS,
  'key-packages:low': fields({ available: aCount }),
  'device:added': fields({ deviceId: anId }),
};

export const TOKENS = fields({
  userId: anId,
  username: aText,
  deviceId: anId,
  sessionId: anId,
  accessToken: aText,
  accessTokenExpiresAt: aCount,
  refreshToken: aText,
});
export const FRIENDS = fields({ friends: listOf(FRIEND), limit: aCount });
export const REQUESTS = fields({
  incoming: listOf(incomingRequest),
  outgoing: listOf(fields({ requestId: anId, username: aText, createdAt: aCount })),
});
export const KEY_HISTORY = fields({
  entries: listOf(
    fields({
      version: aCount,
      identityKey: aKey,
      createdAt: aCount,
      previousHash: aText,
      hash: aKey,
      signature: aSignature,
    }),
  ),
});
export const CHALLENGE = fields({
  challengeId: anId,
  nonce: aText,
  server: aText,
  account: aText,
  purpose: aText,
  expiresAt: aCount,
});
export const TERMS = fields({ mode: oneOf('open', 'invitation'), server: aText, nonce: aText });
export const CLAIMED_KEY_PACKAGE = fields({ userId: anId, deviceId: anId, keyPackage: aText, lastResort: aFlag });
export const INVITATION = fields({ invitationId: anId, code: anId, expiresAt: aCount });
export const INVITATIONS = fields({ invitations: listOf(fields({ invitationId: anId, expiresAt: aCount })) });
