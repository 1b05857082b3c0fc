import type { BalanceView, PaymentOrderView } from '../src/protocol/payloads/payment.payloads.js';
import type { IncomingRequest, PresenceState } from '../src/protocol/payloads/relation.payloads.js';
import type { Settings } from '../src/protocol/payloads/user.payloads.js';
import type { TypingChanged } from '../src/protocol/payloads/chat.payloads.js';
import type { AshwireError, AshwireErrorCode } from './ashwire-error.js';
import type { Message } from './conversations/message.js';
import type { Contact } from './friends/contact.js';
import type { Group } from './groups/group.js';

/** `stopped` is final until `connect()` is called again; the others change by themselves. */
export type ConnectionState = 'offline' | 'connecting' | 'online' | 'stopped';

export interface ConversationSummary {
  readonly conversationId: string;
  readonly kind: 'direct' | 'group';
  /** The friend, in a direct conversation. */
  readonly peerUserId?: string;
  /** Of a group; '' while this device could not open it. */
  readonly name?: string;
  /** What counts: the stricter of both sides, in seconds. */
  readonly burnAfterReadSeconds: number;
  readonly ownBurnAfterReadSeconds: number;
  /** Messages of others on this device that were not read. */
  readonly unread: number;
  /** Milliseconds since the epoch. */
  readonly lastActivityAt: number;
}

/** What `client.on(name, listener)` tells. Every payload is a copy. */
export interface AshwireClientEvents {
  /** A new message of somebody else, decrypted and stored. Emitted once per message. */
  message: Message;
  /** A message has another state or another burn time; of a burned one no text is left. */
  'message-state': Message;
  /** A conversation is new or has other settings. */
  conversation: ConversationSummary;
  /** A group is new, or its name, members or owner are others. */
  group: Group;
  'conversation-removed': { readonly conversationId: string };
  typing: TypingChanged;
  presence: PresenceState;
  'friend-requested': IncomingRequest;
  'friend-request-withdrawn': { readonly requestId: string };
  'friend-added': Contact;
  /** A friend's name or colour, or what this device knows of the key, is another. */
  'friend-changed': Contact;
  'friend-removed': { readonly userId: string; readonly conversationId: string };
  /** Nothing is sent to this friend until `friends.acceptNewKey`; with trust `compromised` never. */
  'key-changed': Contact;
  /** The same person on another device; the encrypted session starts anew by itself. */
  'device-changed': Contact;
  /** Another device has joined this account. */
  'own-device-added': { readonly deviceId: string };
  /** An order of this account, as payer or payee, is new or has another state. */
  payment: PaymentOrderView;
  balance: BalanceView;
  settings: Settings;
  connection: { readonly state: ConnectionState };
  /** The server ended it, and this client will not try again by itself. */
  closed: { readonly code: AshwireErrorCode; readonly action: 'login' | 'stop' };
  /**
   * UNSTABLE: connections end again and again, or what the server answers cannot be taken, also after everything was fetched
   * anew. The client tries once a minute; `connect()` tries at once.
   */
  trouble: AshwireError;
  /** Something went wrong that no call was waiting for. The client goes on. */
  error: AshwireError;
}
