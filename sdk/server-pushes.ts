import type { ServerEventName, ServerEvents } from '../src/protocol/events.js';
import { AshwireError } from './ashwire-error.js';
import type { AshwireClientEvents } from './client-events.js';
import type { Chat } from './conversations/chat.js';
import type { ContactBook } from './friends/contact-book.js';
import type { FriendObserver } from './friends/friends.js';
import type { GroupBook } from './groups/group-book.js';
import type { SocketTransport } from './transport/socket-transport.js';
import type { TypedEmitter } from './typed-emitter.js';

export interface PushServices {
  readonly chat: Chat;
  readonly book: ContactBook;
  readonly groupBook: GroupBook;
  readonly friends: FriendObserver;
  readonly events: TypedEmitter<AshwireClientEvents>;
  readonly replenishKeyPackages: () => Promise<void>;
  /** A contact is new or has another key or device. */
  readonly contactSeen: (userId: string) => void;
}

type Handler<E extends ServerEventName> = (payload: ServerEvents[E]) => Promise<void> | void;

/** What each event of the server does. A handler that fails is an `error` event and nothing more. */
export function listenToServer(socket: SocketTransport, services: PushServices): void {
  const { chat, book, groupBook, friends, events, replenishKeyPackages, contactSeen } = services;
  const on = <E extends ServerEventName>(event: E, handler: Handler<E>): void => {
    socket.events.on(event, (payload) => {
      Promise.resolve(payload)
        .then(handler)
        .catch((error: unknown) => report(error));
    });
  };
  const report = (error: unknown): void => {
    const failure = AshwireError.from(error);
    // The next connection catches up.
    if (failure.code !== 'OFFLINE') events.emit('error', failure);
  };
  socket.events.on('malformed', (error) => events.emit('error', error));
  on('message:received', (push) => chat.sync.received(push));
  on('message:receipt', (receipt) => chat.sync.receipt(receipt));
  on('message:burned', (burned) => chat.sync.burned(burned));
  on('handshake:received', ({ conversationId }) => chat.sync.catchUp(conversationId));
  on('conversation:updated', ({ conversation }) => chat.sync.updated(conversation));
  on('conversation:removed', ({ conversationId }) => chat.sync.removed(conversationId));
  on('typing:changed', (typing) => events.emit('typing', typing));
  on('presence:changed', (presence) => events.emit('presence', presence));
  on('friend:requested', ({ request }) => events.emit('friend-requested', request));
  on('friend:request-withdrawn', (withdrawn) => events.emit('friend-request-withdrawn', withdrawn));
  on('friend:added', async ({ friend }) => {
    const { userId } = await book.observe(friend);
    contactSeen(userId);
    await groupBook.tellOf(userId);
  });
  on('friend:changed', async ({ friend }) => contactSeen((await book.observe(friend)).userId));
  on('friend:removed', ({ userId, conversationId }) => friends.friendGone(userId, conversationId));
  on('group:updated', ({ group }) => groupBook.told(group));
  on('payment:updated', (order) => events.emit('payment', order));
  on('payment:balance-changed', (balance) => events.emit('balance', balance));
  on('settings:changed', (settings) => events.emit('settings', settings));
  on('key-packages:low', () => replenishKeyPackages());
  on('device:added', (device) => events.emit('own-device-added', device));
}
