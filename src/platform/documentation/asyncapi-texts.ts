import type { ErrorCode } from '../../protocol/errors.js';
import type { ClientEventName, ServerEventName } from '../../protocol/events.js';
import { LIMITS } from '../../protocol/limits.js';

const kilobytes = (bytes: number): string => `${bytes / 1024} kB`;

export const INTRODUCTION = `Conversations, live. Accounts, friends, groups, keys and money are HTTP: see openapi.json beside this document.

## Connecting

socket.io 4 over the \`websocket\` transport only; long polling is not served. The access token is in the \`auth\` payload, never
in a cookie or a query. A browser's \`Origin\` must be the server's own or allowed by the operator. A foreign origin and too many
connections of an address are refused before the handshake: HTTP 400, the code is the body; a server that stops by HTTP 503 with
\`Retry-After\`, which makes a proxy try the next one. A refused handshake ends
in \`connect_error\` whose \`data\` is an error. The first event on an accepted connection is \`connection:ready\`. A connection
outlives its access token, not its session.

## Asking and answering

Every client event needs an acknowledgement callback and is answered through it once: \`{ "ok": true, "data" }\` or
\`{ "ok": false, "error": { "code", "message", "details" } }\`. Payloads are JSON objects; unknown fields are refused.

## Order and delivery

The server handles the events of one connection one after the other, in the order of their sending. Messages of a conversation
have sequence numbers from 1, the same for everyone, without gaps; what burned leaves a hole that says why, for
${LIMITS.holeLifeMs / 3_600_000} hours. Server events are hints, at most once: after connecting, and whenever a sequence is
missing, ask \`message:sync\`. Sending is safe to repeat: the same \`clientMessageId\` with the same body is the same message. An
acknowledged \`message:send\` is stored; it is delivered, or burned, or expires after ${LIMITS.messageLifeMs / 60_000} minutes at the
latest. Another \`incarnation\` means that the server lost the log: forget its sequences and send again what was not delivered,
with \`notAfter\`.

## Closing

Before the server closes a connection it emits \`connection:closing\` with an \`action\`: \`reconnect\` (after a random
wait, \`retryAfterMs\` at least, and longer each time until a connection holds), \`login\` (the session has ended: log in, then connect) or \`stop\` (do not come back by yourself). Who reads too slowly
is cut off without it: reconnect and synchronise.

## Limits

A frame has at most ${kilobytes(LIMITS.frameBytes)}, a ciphertext ${LIMITS.ciphertextCharacters} characters. A user has
${LIMITS.socketsPerUser} connections; one more closes the oldest. ${LIMITS.unreadPerConversation} unread messages fit in a
conversation and ${LIMITS.unreadBytesPerUser / 1024 / 1024} MB of them in all of a user's. A login that takes over 5 seconds ends
the connection. Rates are the operator's (\`config/\`); with RATE_LIMITED comes \`details.retryAfterMs\`. Who goes on breaking
rules is closed with \`stop\`.

## Errors

`;

export const HANDSHAKE_REFUSALS: readonly ErrorCode[] = [
  'UNAUTHENTICATED',
  'SESSION_REVOKED',
  'DEVICE_REPLACED',
  'UNAVAILABLE',
  'INTERNAL',
];

/** What any client event may be answered with. */
export const ANY_EVENT: readonly ErrorCode[] = ['BAD_REQUEST', 'RATE_LIMITED', 'UNAVAILABLE', 'INTERNAL'];

interface ClientEventText {
  readonly summary: string;
  readonly refusals: readonly ErrorCode[];
}

/** NOT_FOUND: no such conversation, or not one of the caller's. */
export const CLIENT_EVENT_TEXTS: { readonly [E in ClientEventName]: ClientEventText } = {
  'conversation:list': { summary: 'Lists your conversations and where each of their logs stands', refusals: [] },
  'conversation:set-burn': {
    summary: 'Sets how long after reading messages burn; the strictest wish of all members counts',
    refusals: ['NOT_FOUND'],
  },
  'message:send': {
    summary: 'Stores one sealed message',
    refusals: [
      'NOT_FOUND',
      'EPOCH_STALE',
      'CLIENT_MESSAGE_ID_REUSED',
      'UNREAD_LIMIT',
      'MESSAGE_EXPIRED',
      'GROUP_CHANGING',
      'GROUP_EMPTY',
    ],
  },
  'message:sync': {
    summary: 'Reads a page of the log; it may end before its limit, and is the last when it reaches headSeq',
    refusals: ['NOT_FOUND'],
  },
  'message:delivered': { summary: 'Says that messages are stored on your device', refusals: ['NOT_FOUND'] },
  'message:read': { summary: 'Says that messages were read, which starts their burning', refusals: ['NOT_FOUND'] },
  'message:burn': { summary: 'Burns messages at once: yours are recalled, others leave', refusals: ['NOT_FOUND'] },
  'handshake:submit': {
    summary: 'Begins the next epoch of the encryption, and with it other members of a group; one wins for each epoch',
    refusals: [
      'NOT_FOUND',
      'EPOCH_STALE',
      'GROUP_FULL',
      'GROUP_COUNT_LIMIT',
      'GROUP_OWNER_ONLY',
      'ALREADY_MEMBER',
      'NOT_YOURSELF',
    ],
  },
  'handshake:list': { summary: 'Lists the handshakes after an epoch, with your part of each', refusals: ['NOT_FOUND'] },
  'handshake:done': { summary: 'Says up to which epoch your device has applied handshakes', refusals: ['NOT_FOUND'] },
  'typing:set': {
    summary: 'Says whether you type; a start counts once in 3 seconds, more are dropped',
    refusals: ['NOT_FOUND'],
  },
  'presence:list': { summary: 'Lists which friends are online, as far as both sides share it', refusals: [] },
};

export const SERVER_EVENT_TEXTS: { readonly [E in ServerEventName]: string } = {
  'connection:ready': 'The connection is yours; always the first event',
  'connection:closing': 'The last event before the server closes the connection: why, and what to do',
  'connection:refused': 'Answers what came without an acknowledgement callback',
  'conversation:updated': 'A conversation began, or its members, epoch or burn time are others',
  'conversation:removed':
    'A conversation ended for you, with a friendship, a group or your membership; its messages are gone',
  'message:received': 'A message for you',
  'message:receipt': 'Messages of yours were delivered or read, and when they will burn',
  'message:burned': 'Messages are gone from the server; remove your copies',
  'handshake:received': 'The encryption has a next epoch; fetch it with handshake:list',
  'typing:changed': 'Somebody in a conversation of yours types, or stopped',
  'presence:changed': 'A friend came online or left, became a friend while online, or changed whether that is shown',
  'friend:requested': 'Someone asks to be your friend',
  'friend:request-withdrawn': 'A request to you is gone',
  'friend:added': 'You have a new friend',
  'friend:removed': 'A friendship has ended',
  'friend:changed': "A friend's profile, identity key or device is another one",
  'group:updated': 'A group has other members, another owner, or a member another profile, device or key',
  'payment:updated': 'An order that you pay or are paid by is new, claimed or given back',
  'payment:balance-changed': 'Your balance is another one',
  'settings:changed': 'Your settings, changed by a device of yours',
  'key-packages:low': 'Upload more key packages',
  'device:added': 'Another device has taken the place of this one',
};
