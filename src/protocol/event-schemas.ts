import type { ClientEventName, ClientEvents, ServerEventName, ServerEvents } from './events.js';
import * as chat from './payloads/chat.payloads.js';
import * as connection from './payloads/connection.payloads.js';
import { GroupUpdated } from './payloads/group.payloads.js';
import { BalanceView, PaymentOrderView } from './payloads/payment.payloads.js';
import * as relation from './payloads/relation.payloads.js';
import { Settings } from './payloads/user.payloads.js';

export type Constructor<T = object> = new () => T;

type ClientEventSchemas = {
  readonly [E in ClientEventName]: {
    readonly request: Constructor<ClientEvents[E]['request']>;
    readonly result: Constructor<ClientEvents[E]['result']>;
  };
};

/** The allow-list: an event that is not here is refused with UNKNOWN_EVENT. */
export const CLIENT_EVENTS: ClientEventSchemas = {
  'conversation:list': { request: connection.NoFields, result: chat.ConversationListResult },
  'conversation:set-burn': { request: chat.SetBurnRequest, result: chat.ConversationView },
  'message:send': { request: chat.SendRequest, result: chat.SendResult },
  'message:sync': { request: chat.SyncRequest, result: chat.SyncResult },
  'message:delivered': { request: chat.ReceiptRequest, result: connection.NoFields },
  'message:read': { request: chat.ReceiptRequest, result: chat.ReadResult },
  'message:burn': { request: chat.ReceiptRequest, result: connection.NoFields },
  'handshake:submit': { request: chat.SubmitHandshakeRequest, result: chat.SubmitHandshakeResult },
  'handshake:list': { request: chat.ListHandshakesRequest, result: chat.HandshakeListResult },
  'handshake:done': { request: chat.HandshakeDoneRequest, result: connection.NoFields },
  'typing:set': { request: chat.TypingRequest, result: connection.NoFields },
  'presence:list': { request: connection.NoFields, result: relation.PresenceList },
};

export const SERVER_EVENTS: { readonly [E in ServerEventName]: Constructor<ServerEvents[E]> } = {
  'connection:ready': connection.ConnectionReady,
  'connection:closing': connection.ConnectionClosing,
  'connection:refused': connection.ConnectionRefused,
  'conversation:updated': chat.ConversationUpdated,
  'conversation:removed': chat.ConversationRemoved,
  'message:received': chat.MessageReceived,
  'message:receipt': chat.MessageReceipt,
  'message:burned': chat.MessageBurned,
  'handshake:received': chat.HandshakeReceived,
  'typing:changed': chat.TypingChanged,
  'presence:changed': relation.PresenceState,
  'friend:requested': relation.FriendRequestReceived,
  'friend:request-withdrawn': relation.FriendRequestWithdrawn,
  'friend:added': relation.FriendAdded,
  'friend:removed': relation.FriendRemoved,
  'friend:changed': relation.FriendChanged,
  'group:updated': GroupUpdated,
  'payment:updated': PaymentOrderView,
  'payment:balance-changed': BalanceView,
  'settings:changed': Settings,
  'key-packages:low': connection.KeyPackagesLow,
  'device:added': connection.DeviceAdded,
};
