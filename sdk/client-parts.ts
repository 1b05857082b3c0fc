import type { KeyHistoryList } from '../src/protocol/payloads/user.payloads.js';
import { Account } from './account/account.js';
import { EngineSource } from './account/engine-source.js';
import { KeyPackageSupply } from './account/key-package-supply.js';
import { Registration } from './account/registration.js';
import { AshwireError } from './ashwire-error.js';
import type { AshwireClientEvents } from './client-events.js';
import { type Chat, composeChat } from './conversations/chat.js';
import { ContactBook } from './friends/contact-book.js';
import { type FriendObserver, Friends } from './friends/friends.js';
import { PaymentOutbox } from './payments/payment-outbox.js';
import { Payments } from './payments/payments.js';
import { FellowBook } from './groups/fellow-book.js';
import { GroupBook } from './groups/group-book.js';
import { Groups } from './groups/groups.js';
import { MemberDirectory } from './groups/member-directory.js';
import { listenToServer } from './server-pushes.js';
import type { ClientStorage } from './storage/client-storage.port.js';
import { ClientStore, KINDS } from './store/client-store.js';
import type { ConversationRecord } from './store/records.js';
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
  readonly groupBook: GroupBook;
  readonly groups: Groups;
  readonly chat: Chat;
  readonly payments: Payments;
  readonly paymentOutbox: PaymentOutbox;
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

/** Who people are, to whom this account may send. */
function composePeople({ store, events, account: { tokens } }: Awaited<ReturnType<typeof composeAccount>>) {
  const keyHistory = async (path: string) =>
    (await tokens.request<KeyHistoryList>({ method: 'GET', path, shape: KEY_HISTORY })).entries;
  const book = new ContactBook(store, (userId) => keyHistory(ROUTES.friendIdentityKeys(userId)), events);
  const historyIn = (groupId: string) => (userId: string) => keyHistory(ROUTES.memberIdentityKeys(groupId, userId));
  const fellows = new FellowBook(store, historyIn);
  const members = new MemberDirectory(book, fellows, tokens);
  const engines = new EngineSource(store, members);
  const groupBook = new GroupBook({ store, fellows, engines, tokens, events });
  return { book, members, engines, groupBook };
}

interface MoneySurroundings {
  readonly chat: Chat;
  readonly book: ContactBook;
  readonly isOnline: () => boolean;
  readonly report: (error: unknown) => void;
}

/** The parts that move money, and tell it in the conversations. */
function composeMoney(base: Awaited<ReturnType<typeof composeAccount>>, around: MoneySurroundings) {
  const { store, account, clock, http } = base;
  const { chat, book, isOnline, report } = around;
  const { log } = chat;
  const onQueued = (conversationId: string): void => chat.outbox.kick(conversationId);
  const paymentOutbox = new PaymentOutbox({ store, account, log, clock, onQueued, isOnline, report });
  const payments = new Payments({ account, book, log, outbox: paymentOutbox, clock, server: http.server });
  return { payments, paymentOutbox };
}

/** Puts a client together. No part reaches for another one: what it needs is given to it here. */
export async function composeClient(options: OpenOptions): Promise<ClientParts> {
  const base = await composeAccount(options);
  const { store, events, clock, http, socket, sender, account } = base;
  const { tokens } = account;
  const { book, members, engines, groupBook } = composePeople(base);
  const supply = new KeyPackageSupply(store, engines, tokens, clock);
  const report = (error: unknown): void => {
    if (!parts.closed) events.emit('error', AshwireError.from(error));
  };
  const replenishKeyPackages = (): Promise<void> => supply.replenish().catch(report);
  const recheck = async (conversation: ConversationRecord): Promise<void> => {
    await friends.refresh();
    if (conversation.kind === 'group') await groupBook.refreshOne(conversation.conversationId);
    await members.requireUsable(conversation);
  };
  const people = { recheck, keyPackageUsed: () => void replenishKeyPackages() };
  const around = { store, events, clock, sender, engines, members, groups: groupBook, people };
  const chat = composeChat(around, () => parts.closed);
  const contactSeen = (userId: string): void => {
    if (socket.isReady) chat.sync.catchUpWith(userId).catch(report);
  };
  const observer: FriendObserver = {
    friendGone: async (userId, conversationId) => {
      await book.remove(userId);
      await chat.sync.removed(conversationId);
      events.emit('friend-removed', { userId, conversationId });
      await groupBook.tellOf(userId);
    },
    keyAccepted: contactSeen,
  };
  const friends = new Friends(book, tokens, engines, http.server, observer);
  const pushed = { chat, book, groupBook, friends: observer, events, replenishKeyPackages, contactSeen };
  listenToServer(socket, pushed);
  const isOnline = (): boolean => socket.isReady;
  const groups = new Groups({ groups: groupBook, book, engines, tokens, chat, isOnline });
  const made = { supply, friends, groupBook, groups, chat, ...composeMoney(base, { chat, book, isOnline, report }) };
  const parts: ClientParts = { ...base, ...made, closed: false };
  return parts;
}
