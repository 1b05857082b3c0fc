import type * as Chat from './payloads/chat.payloads.js';
import type * as Connection from './payloads/connection.payloads.js';
import type { GroupUpdated } from './payloads/group.payloads.js';
import type { BalanceView, PaymentOrderView } from './payloads/payment.payloads.js';
import type * as Relation from './payloads/relation.payloads.js';
import type { Settings } from './payloads/user.payloads.js';

/**
 * The socket protocol as types: what a client may emit, with the answer in its acknowledgement, and what the server emits.
 * `event-schemas.ts` has the classes that check them; the two are kept equal by the compiler.
 */
export interface ClientEvents {
  'conversation:list': { request: Connection.NoFields; result: Chat.ConversationListResult };
  'conversation:set-burn': { request: Chat.SetBurnRequest; result: Chat.ConversationView };
  'message:send': { request: Chat.SendRequest; result: Chat.SendResult };
  'message:sync': { request: Chat.SyncRequest; result: Chat.SyncResult };
  'message:delivered': { request: Chat.ReceiptRequest; result: Connection.NoFields };
  'message:read': { request: Chat.ReceiptRequest; result: Chat.ReadResult };
  /** Burns messages at once: the sender recalls what it sent, the recipient burns what it got. */
  'message:burn': { request: Chat.ReceiptRequest; result: Connection.NoFields };
  'handshake:submit': { request: Chat.SubmitHandshakeRequest; result: Chat.SubmitHandshakeResult };
  'handshake:list': { request: Chat.ListHandshakesRequest; result: Chat.HandshakeListResult };
  'handshake:done': { request: Chat.HandshakeDoneRequest; result: Connection.NoFields };
  'typing:set': { request: Chat.TypingRequest; result: Connection.NoFields };
  'presence:list': { request: Connection.NoFields; result: Relation.PresenceList };
}

export interface ServerEvents {
  'connection:ready': Connection.ConnectionReady;
  'connection:closing': Connection.ConnectionClosing;
  'connection:refused': Connection.ConnectionRefused;
  'conversation:updated': Chat.ConversationUpdated;
  'conversation:removed': Chat.ConversationRemoved;
  'message:received': Chat.MessageReceived;
  'message:receipt': Chat.MessageReceipt;
  'message:burned': Chat.MessageBurned;
  'handshake:received': Chat.HandshakeReceived;
  'typing:changed': Chat.TypingChanged;
  'presence:changed': Relation.PresenceState;
  'friend:requested': Relation.FriendRequestReceived;
  'friend:request-withdrawn': Relation.FriendRequestWithdrawn;
  'friend:added': Relation.FriendAdded;
  'friend:removed': Relation.FriendRemoved;
  'friend:changed': Relation.FriendChanged;
  'group:updated': GroupUpdated;
  /** To payer and payee: the order is new, claimed or refunded. */
  'payment:updated': PaymentOrderView;
  'payment:balance-changed': BalanceView;
  'settings:changed': Settings;
  'key-packages:low': Connection.KeyPackagesLow;
  'device:added': Connection.DeviceAdded;
}

export type ClientEventName = keyof ClientEvents;
export type ServerEventName = keyof ServerEvents;
