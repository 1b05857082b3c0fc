import type { KeyHistoryList } from '../src/protocol/payloads/user.payloads.js';
import { Account } from './account/account.js';
import { EngineSource } from './account/engine-source.js';
import { KeyPackageSupply } from './account/key-package-supply.js';
import { Registration } from './account/registration.js';
import type { SessionTokens } from './account/session-tokens.js';
import { AshwireError } from './ashwire-error.js';
import type { AshwireClientEvents } from './client-events.js';
import { type Chat, composeChat } from './conversations/chat.js';
import { ContactBook, type KeyHistorySource, requireUsable } from './friends/contact-book.js';
import { type FriendObserver, Friends } from './friends/friends.js';
import { listenToServer } from './server-pushes.js';
import type { ClientStorage } from './storage/client-storage.port.js';
import { ClientStore, KINDS } from './store/client-store.js';
import { SystemLocalClock } from './time/local-clock.js';
import { ServerClock } from './time/server-clock.js';
import { HttpTransport } from './transport/http-transport.js';
import { PacedSender } from './transport/paced-sender.js';
import { ROUTES } from './transport/routes.js';
import { SocketTransport } from './transport/socket-transport.js';
import { KEY_HISTORY } from './transport/wire-shapes.js';
import { TypedEmitter } from './typed-emitter.js';

export interface OpenOptions {
  /** Address of the server: `https://chat.example.org`. */
  readonly server: string;
  /** What this client keeps; one per account. It is closed with the client. */
  readonly storage: ClientStorage;
  /** Passed to socket.io-client as they are, for proxies and certificates. */
  readonly webSocketOptions?: object;
}

export interface ClientParts {
  readonly store: ClientStore;
  readonly events: TypedEmitter<AshwireClientEvents>;
  readonly localClock: SystemLocalClock;
  readonly clock: ServerClock;
  readonly socket: SocketTransport;
  readonly sender: PacedSender;
  readonly account: Account;
  readonly registration: Registration;
  readonly supply: KeyPackageSupply;
  readonly friends: Friends;
  readonly chat: Chat;
  /** After this nothing is reported any more. */
  closed: boolean;
}

/** The parts that talk to the server for the account. */
async function composeAccount({ server, storage, webSocketOptions }: OpenOptions) {
  const store = new ClientStore(storage);
  const events = new TypedEmitter<AshwireClientEvents>();
  const localClock = new SystemLocalClock();
  const clock = new ServerClock(localClock, (await store.find(KINDS.clockOffset))?.offset);
  const http = new HttpTransport(server);
  const socket = new SocketTransport(http.server, webSocketOptions);
  const sender = new PacedSender(socket, localClock);
  const account = new Account(store, http, clock);
  const registration = new Registration(store, http, clock, account.loginByChallenge);
  return { store, events, localClock, clock, http, socket, sender, account, registration };
}

/** Puts a client together. No part reaches for another one: what it needs is given to it here. */
export async function composeClient(options: OpenOptions): Promise<ClientParts> {
  const base = await composeAccount(options);
  const { store, events, clock, http, socket, sender, account } = base;
  const { tokens } = account;
  const book = new ContactBook(store, keyHistorySource(tokens), events);
  const engines = new EngineSource(store, book);
  const supply = new KeyPackageSupply(store, engines, tokens, clock);
  const report = (error: unknown): void => {
    if (!parts.closed) events.emit('error', AshwireError.from(error));
  };
  const replenishKeyPackages = (): Promise<void> => supply.replenish().catch(report);
  const recheck = async (userId: string): Promise<void> => {
    await friends.refresh();
    const contact = await book.find(userId);
    if (contact) requireUsable(contact);
  };
  const peers = { recheck, keyPackageUsed: () => void replenishKeyPackages() };
  const chat = composeChat({ store, events, clock, sender, engines, tokens, book, peers }, () => parts.closed);
  const contactSeen = (conversationId: string): void => {
    if (socket.isReady) chat.sync.catchUp(conversationId).catch(report);
  };
  const observer: FriendObserver = {
    friendGone: async (userId, conversationId) => {
      await book.remove(userId);
      await chat.sync.removed(conversationId);
      events.emit('friend-removed', { userId, conversationId });
    },
    keyAccepted: contactSeen,
  };
  const friends = new Friends(book, tokens, engines, http.server, observer);
  listenToServer(socket, { chat, book, friends: observer, events, replenishKeyPackages, contactSeen });
  const parts: ClientParts = { ...base, supply, friends, chat, closed: false };
  return parts;
}

function keyHistorySource(tokens: SessionTokens): KeyHistorySource {
  return async (userId) => {
    const path = ROUTES.friendIdentityKeys(userId);
    return (await tokens.request<KeyHistoryList>({ method: 'GET', path, shape: KEY_HISTORY })).entries;
  };
}
