import type { EngineSource } from '../account/engine-source.js';
import type { SessionTokens } from '../account/session-tokens.js';
import { AshwireError } from '../ashwire-error.js';
import type { AshwireClientEvents } from '../client-events.js';
import type { ContactBook } from '../friends/contact-book.js';
import type { ClientStore } from '../store/client-store.js';
import type { ServerClock } from '../time/server-clock.js';
import type { EventSender } from '../transport/socket-transport.js';
import type { TypedEmitter } from '../typed-emitter.js';
import { BurnScheduler } from './burn-scheduler.js';
import { ConversationSync } from './conversation-sync.js';
import { Conversations } from './conversations.js';
import { EntryReader } from './entry-reader.js';
import { Inbox } from './inbox.js';
import { MessageLog } from './message-log.js';
import { Outbox } from './outbox.js';
import { Receipts } from './receipts.js';
import { SessionKeeper, type SessionPeers } from './session-keeper.js';
import { SessionSetup } from './session-setup.js';

export interface ChatSurroundings {
  readonly store: ClientStore;
  readonly events: TypedEmitter<AshwireClientEvents>;
  readonly clock: ServerClock;
  readonly sender: EventSender;
  readonly engines: EngineSource;
  readonly tokens: SessionTokens;
  readonly book: ContactBook;
  readonly peers: SessionPeers;
}

export interface Chat {
  readonly log: MessageLog;
  readonly conversations: Conversations;
  readonly sync: ConversationSync;
  readonly outbox: Outbox;
  readonly burns: BurnScheduler;
}

/** Puts the parts of the conversations together; the one place that knows them all. */
export function composeChat(around: ChatSurroundings, isClosed: () => boolean): Chat {
  const { store, events, clock, sender, engines, tokens, book, peers } = around;
  const report = (error: unknown): void => {
    const failure = AshwireError.from(error);
    // Without a connection everything waits for the next one; that is no news.
    if (!isClosed() && failure.code !== 'OFFLINE') events.emit('error', failure);
  };
  const log = new MessageLog(store, events);
  const sessions = new SessionKeeper(store, engines, sender, peers);
  const receipts = new Receipts(log, sender, report);
  const onOwed = (conversationId: string): void => void receipts.flush(conversationId);
  const onUnreadable = (conversationId: string): void => {
    // Later, since the reader holds the conversation's lock.
    queueMicrotask(() => void sync.repair(conversationId).catch(report));
  };
  const reader = new EntryReader({ log, sessions, engines, clock, events, onOwed, onUnreadable });
  const inbox = new Inbox(log, sender, reader, report);
  const contact = (userId: string) => book.find(userId);
  const setup = new SessionSetup({ log, inbox, sessions, engines, tokens, sender, clock, contact });
  const outbox = new Outbox({ store, log, setup, sessions, sender, clock, onOwed, report });
  const shared = { store, log, setup, outbox, receipts, engines, sender, clock };
  const sync = new ConversationSync({ ...shared, inbox, reader, events });
  const conversations = new Conversations({ ...shared, sync, book });
  const burns = new BurnScheduler(log, clock, report);
  return { log, conversations, sync, outbox, burns };
}
