import { LIMITS } from '../../src/protocol/limits.js';
import type {
  ConversationView,
  MessageBurned,
  MessageReceipt,
  MessageReceived,
} from '../../src/protocol/payloads/chat.payloads.js';
import type { EngineSource } from '../account/engine-source.js';
import { AshwireError } from '../ashwire-error.js';
import type { AshwireClientEvents } from '../client-events.js';
import type { GroupBook } from '../groups/group-book.js';
import type { ConversationRecord } from '../store/records.js';
import { type ClientStore, KINDS } from '../store/client-store.js';
import type { ServerClock } from '../time/server-clock.js';
import type { EventSender } from '../transport/socket-transport.js';
import type { TypedEmitter } from '../typed-emitter.js';
import { isUnsettled, isWithin } from './session-roster.js';
import type { EntryReader } from './entry-reader.js';
import type { Inbox } from './inbox.js';
import { isAlive, withMemberReceipt, withReceipts } from './message-life.js';
import type { MessageLog } from './message-log.js';
import type { Outbox } from './outbox.js';
import type { Receipts } from './receipts.js';
import type { SessionSetup } from './session-setup.js';

export interface SyncServices {
  readonly store: ClientStore;
  readonly log: MessageLog;
  readonly inbox: Inbox;
  readonly reader: EntryReader;
  readonly setup: SessionSetup;
  readonly outbox: Outbox;
  readonly receipts: Receipts;
  readonly engines: EngineSource;
  readonly groups: Pick<GroupBook, 'forget'>;
  readonly sender: EventSender;
  readonly clock: ServerClock;
  readonly events: TypedEmitter<AshwireClientEvents>;
}

/** A session that cannot read is made anew by itself, but not more often than this. */
const REPAIR_EVERY_MS = 10 * 60_000;

/** Keeps the conversations on this device equal to the server's: after each connection, and with each push. */
export class ConversationSync {
  constructor(private readonly services: SyncServices) {}

  /** Everything that was missed. Throws when the connection does not last that long. */
  async all(): Promise<void> {
    const { sender, clock, log } = this.services;
    // One that begins while the list is on its way is not in the list, and not gone.
    const before = await log.conversations();
    const { conversations, serverTime } = await sender.emit('conversation:list', {});
    clock.sample(serverTime);
    for (const view of conversations) await this.updated(view).catch(this.reportBlocked);
    for (const { conversationId } of before) {
      if (conversations.every((view) => view.conversationId !== conversationId)) await this.removed(conversationId);
    }
  }

  /** The conversation, even if the server has not told of it yet. */
  async learn(conversationId: string): Promise<ConversationRecord> {
    const { sender, log } = this.services;
    const { conversations } = await sender.emit('conversation:list', {});
    const view = conversations.find((one) => one.conversationId === conversationId);
    if (view) await this.updated(view);
    return log.getConversation(conversationId);
  }

  /** A person has to decide about a key: that conversation waits, the others do not. */
  private readonly reportBlocked = (error: unknown): void => {
    const failure = AshwireError.from(error);
    if (failure.code !== 'KEY_CHANGED' && failure.code !== 'KEY_COMPROMISED') throw error;
    this.services.events.emit('error', failure);
  };

  /** What the server says of a conversation. It is taken only between this user and one other person, or up to four. */
  async updated(view: ConversationView): Promise<void> {
    const { store, outbox, receipts } = this.services;
    const { conversationId } = view;
    // In the order in which the server has told of it and of its end.
    const isMissed = await store.exclusive(`view/${conversationId}`, () => this.take(view));
    if (isMissed === undefined) return;
    if (isMissed) await this.catchUp(conversationId).catch((error: unknown) => this.endIfGone(conversationId, error));
    void receipts.flush(conversationId);
    outbox.kick(conversationId);
  }

  /** Whether something of it is missed here; undefined when it is not taken. */
  private async take(view: ConversationView): Promise<boolean | undefined> {
    const { engines, log, events } = this.services;
    const { conversationId, kind } = view;
    const { userId } = await engines.account();
    if (!isPossible(view, userId)) return undefined;
    const settings = settingsOf(view, userId);
    const known = await log.findConversation(conversationId);
    const isOther = known && (known.kind !== kind || (kind === 'direct' && !isWithin(settings.members, known.members)));
    if (isOther) throw new AshwireError('BAD_ANSWER', { conversationId });
    if (!known) await log.create({ conversationId, kind, incarnation: '', cursor: 0, ...settings });
    else await log.change(conversationId, (change) => change.update(settings));
    const isSame = ([name, value]: [string, unknown]): boolean =>
      JSON.stringify(known?.[name as keyof ConversationRecord]) === JSON.stringify(value);
    const isNews = !known || !Object.entries(settings).every(isSame);
    if (isNews) events.emit('conversation', await log.summary(await log.getConversation(conversationId)));
    return !known || this.isBehind(known, view);
  }

  /** What was told of it was old: it is over by now. */
  private async endIfGone(conversationId: string, error: unknown): Promise<void> {
    if (AshwireError.from(error).code !== 'NOT_FOUND') throw error;
    await this.removed(conversationId);
  }

  /** Also while something is alive here whose receipt, recall or burn may have been missed, or a group needs care. */
  private async isBehind(
    { conversationId, incarnation, cursor }: ConversationRecord,
    view: ConversationView,
  ): Promise<boolean> {
    const { log, store } = this.services;
    if (view.incarnation !== incarnation || view.headSeq !== cursor) return true;
    const session = await store.find(KINDS.session, conversationId);
    if (view.epoch !== (session?.epoch ?? 0)) return true;
    if (view.kind === 'group' && (!session || isUnsettled(session))) return true;
    return (await log.list(conversationId)).some((message) => isAlive(message) && message.seq !== undefined);
  }

  async catchUp(conversationId: string): Promise<void> {
    await this.underLock(conversationId, () => this.services.setup.catchUp(conversationId));
    this.services.outbox.kick(conversationId);
  }

  /** All conversations with this person, whose key or device is another now. */
  async catchUpWith(userId: string): Promise<void> {
    for (const { conversationId, members } of await this.services.log.conversations()) {
      if (members.includes(userId)) await this.catchUp(conversationId);
    }
  }

  received(push: MessageReceived): Promise<void> {
    return this.underLock(push.conversationId, () => this.services.inbox.receive(push));
  }

  async receipt({ conversationId, incarnation, kind, messages, at, userId }: MessageReceipt): Promise<void> {
    await this.services.log.change(conversationId, async (change) => {
      const { kind: conversationKind, members } = change.conversation;
      if (change.conversation.incarnation !== incarnation || !members.includes(userId)) return;
      const stored = await change.list();
      for (const { seq, burnAt } of messages) {
        const message = stored.find(
          (own) => own.direction === 'out' && own.seq === seq && own.incarnation === incarnation,
        );
        if (!message || !isAlive(message)) continue;
        const time = kind === 'read' ? { readAt: at } : { deliveredAt: at };
        if (conversationKind === 'direct') change.save(withReceipts(message, { burnAt, ...time }));
        else change.save(withMemberReceipt(message, { userId, burnAt, ...time }, members));
      }
    });
  }

  async burned({ conversationId, incarnation, messages }: MessageBurned): Promise<void> {
    const { log, reader } = this.services;
    const stored = await log.list(conversationId);
    for (const { seq, reason } of messages) {
      const message = stored.find((own) => own.seq === seq && own.incarnation === incarnation);
      if (message) await reader.burn(conversationId, message.id, reason);
    }
  }

  /** The friendship is over, or the group, or this account is out of it; and with it goes the conversation. */
  async removed(conversationId: string): Promise<void> {
    const { store, log, groups, events } = this.services;
    const isKnown = await store.exclusive(`view/${conversationId}`, async () => {
      const known = await log.findConversation(conversationId);
      await store.exclusive(`conversation/${conversationId}`, () => log.remove(conversationId));
      return known !== undefined;
    });
    await groups.forget(conversationId);
    if (isKnown) events.emit('conversation-removed', { conversationId });
  }

  /** Makes a new session after something could not be read. */
  async repair(conversationId: string): Promise<void> {
    const { log, clock, setup } = this.services;
    const now = clock.now();
    const isDue = await log.change(conversationId, (change) => {
      const { lastRepairAt = 0 } = change.conversation;
      if (lastRepairAt + REPAIR_EVERY_MS > now && lastRepairAt <= now) return false;
      change.update({ lastRepairAt: now });
      return true;
    });
    if (isDue) await this.underLock(conversationId, () => setup.reset(conversationId, true));
  }

  private async underLock<T>(conversationId: string, action: () => Promise<T>): Promise<void> {
    const { store, log } = this.services;
    await store.exclusive(`conversation/${conversationId}`, async () => {
      if (await log.findConversation(conversationId)) await action();
    });
  }
}

function settingsOf(view: ConversationView, ownUserId: string) {
  const { burnAfterReadSeconds, ownBurnAfterReadSeconds, lastActivityAt } = view;
  const members = view.members.filter((member) => member !== ownUserId);
  return { members, burnAfterReadSeconds, ownBurnAfterReadSeconds, lastActivityAt };
}

function isPossible({ kind, members }: ConversationView, ownUserId: string): boolean {
  const { size } = new Set(members);
  const fits = kind === 'direct' ? size === 2 : size <= LIMITS.groupMembers;
  return fits && size === members.length && members.includes(ownUserId);
}
