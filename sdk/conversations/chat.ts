import type { EngineSource } from '../account/engine-source.js';
import { AshwireError } from '../ashwire-error.js';
import type { AshwireClientEvents } from '../client-events.js';
import type { GroupBook } from '../groups/group-book.js';
import { GroupCare } from '../groups/group-care.js';
import { GroupCommits } from '../groups/group-commits.js';
import { GroupCommitter } from '../groups/group-committer.js';
import type { MemberDirectory } from '../groups/member-directory.js';
import type { ConversationRecord, SessionRecord } from '../store/records.js';
import type { ClientStore } from '../store/client-store.js';
import type { ServerClock } from '../time/server-clock.js';
import type { EventSender } from '../transport/socket-transport.js';
import type { TypedEmitter } from '../typed-emitter.js';
import { BurnScheduler } from './burn-scheduler.js';
import { ConversationSync } from './conversation-sync.js';
import { Conversations } from './conversations.js';
import { EntryReader } from './entry-reader.js';
import { HandshakeFollower } from './handshake-follower.js';
import { Inbox } from './inbox.js';
import { burned } from './message-life.js';
import { MessageLog } from './message-log.js';
import { Outbox } from './outbox.js';
import { Receipts } from './receipts.js';
import { SessionKeeper } from './session-keeper.js';
import { SessionSettlement } from './session-settlement.js';
import { SessionSetup } from './session-setup.js';

/** What the conversations need to be told about people, beyond what is stored of them. */
export interface ChatPeople {
  /** Looks at the keys of these people anew. Throws KEY_CHANGED or KEY_COMPROMISED when one is not usable. */
  readonly recheck: (conversation: ConversationRecord) => Promise<void>;
  readonly keyPackageUsed: () => void;
}

export interface ChatSurroundings {
  readonly store: ClientStore;
  readonly events: TypedEmitter<AshwireClientEvents>;
  readonly clock: ServerClock;
  readonly sender: EventSender;
  readonly engines: EngineSource;
  readonly members: MemberDirectory;
  readonly groups: GroupBook;
  readonly people: ChatPeople;
}

export interface Chat {
  readonly log: MessageLog;
  readonly conversations: Conversations;
  readonly sync: ConversationSync;
  readonly outbox: Outbox;
  readonly burns: BurnScheduler;
  readonly groupCommits: GroupCommits;
}

/** Puts the parts of the conversations together; the one place that knows them all. */
export function composeChat(around: ChatSurroundings, isClosed: () => boolean): Chat {
  const { store, events, clock, sender, engines, members, groups } = around;
  const report = (error: unknown): void => {
    const failure = AshwireError.from(error);
    // Without a connection everything waits for the next one; that is no news.
    if (!isClosed() && failure.code !== 'OFFLINE') events.emit('error', failure);
  };
  const log = new MessageLog(store, events);
  const sessions = composeSessions(around, log, report);
  const receipts = new Receipts(log, sender, report);
  const onOwed = (conversationId: string): void => void receipts.flush(conversationId);
  const onUnreadable = (conversationId: string): void => {
    // Later, since the reader holds the conversation's lock.
    queueMicrotask(() => void sync.repair(conversationId).catch(report));
  };
  const reader = new EntryReader({ log, sessions, engines, clock, events, onOwed, onUnreadable });
  const inbox = new Inbox(log, sender, reader, report);
  const committer = new GroupCommitter(store, engines, sender);
  const settlement = new SessionSettlement(log, clock);
  const onFollowed = (session: SessionRecord): void => care.look(session);
  const made = { log, inbox, sessions, settlement, committer, members, engines, sender, onFollowed };
  const setup = new SessionSetup(made);
  const outbox = new Outbox({ store, log, setup, sessions, sender, clock, onOwed, report });
  const shared = { store, log, setup, outbox, receipts, engines, sender, clock };
  const sync = new ConversationSync({ ...shared, inbox, reader, events, groups });
  const conversations = new Conversations({ ...shared, sync, members, sessions });
  const onSettled = (conversationId: string): void => outbox.kick(conversationId);
  const groupCommits = new GroupCommits({ ...shared, sync, sessions, committer, members, groups, onSettled });
  const care = new GroupCare({ log, engines, groups, clock, commits: groupCommits, report });
  const burns = new BurnScheduler(log, clock, report);
  return { log, conversations, sync, outbox, burns, groupCommits };
}

function composeSessions(
  { store, events, clock, sender, engines, members, groups, people }: ChatSurroundings,
  log: MessageLog,
  report: (error: unknown) => void,
): SessionKeeper {
  const know = async ({ conversationId }: ConversationRecord, userIds: readonly string[]): Promise<void> => {
    const { userId: ownUserId } = await engines.account();
    for (const userId of userIds) {
      if (userId !== ownUserId && !(await members.isKnown(userId))) return groups.refreshOne(conversationId);
    }
  };
  const named = async (conversationId: string, name: string): Promise<void> => {
    const isNews = await log.change(conversationId, (change) => {
      if (change.conversation.name === name) return false;
      change.update({ name });
      return true;
    });
    if (!isNews) return;
    events.emit('conversation', await log.summary(await log.getConversation(conversationId)));
    await groups.tell(conversationId);
  };
  // As if the removal had been heard in time. What waits to be sent goes to whoever is in the group then, as always.
  const wasOut = (conversationId: string): Promise<void> =>
    log.change(conversationId, async (change) => {
      const before = (await change.list()).filter(({ seq, forgetAt }) => seq !== undefined && forgetAt === undefined);
      for (const message of before) change.save(burned(message, 'recalled', clock.now()));
    });
  const { recheck, keyPackageUsed } = people;
  const follower = new HandshakeFollower({ store, engines, recheck, report });
  return new SessionKeeper(store, engines, sender, follower, { know, named, wasOut, keyPackageUsed });
}
