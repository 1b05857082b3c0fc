import type {
  ConversationView,
  MessageBurned,
  MessageReceipt,
  MessageReceived,
} from '../../src/protocol/payloads/chat.payloads.js';
import type { EngineSource } from '../account/engine-source.js';
import { AshwireError } from '../ashwire-error.js';
import type { AshwireClientEvents } from '../client-events.js';
import type { ConversationRecord } from '../store/records.js';
import { type ClientStore, KINDS } from '../store/client-store.js';
import type { ServerClock } from '../time/server-clock.js';
import type { EventSender } from '../transport/socket-transport.js';
import type { TypedEmitter } from '../typed-emitter.js';
import type { EntryReader } from './entry-reader.js';
import type { Inbox } from './inbox.js';
import { isAlive, withReceipts } from './message-life.js';
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
    const { conversations, serverTime } = await sender.emit('conversation:list', {});
    clock.sample(serverTime);
    for (const view of conversations) await this.updated(view);
    for (const { conversationId } of await log.conversations()) {
      if (conversations.every((view) => view.conversationId !== conversationId)) await this.removed(conversationId);
    }
  }

  /** What the server says of a conversation. It is taken only between this user and one other person. */
  async updated(view: ConversationView): Promise<void> {
    const { engines, log, outbox, receipts, events } = this.services;
    const { conversationId } = view;
    const { userId } = await engines.account();
    const peerUserId = view.members.find((member) => member !== userId);
    if (view.kind !== 'direct' || view.members.length !== 2 || !view.members.includes(userId) || !peerUserId) return;
    const known = await log.findConversation(conversationId);
    if (known && known.peerUserId !== peerUserId) throw new AshwireError('BAD_ANSWER', { conversationId });
    const settings = settingsOf(view);
    if (!known) await log.create({ conversationId, peerUserId, incarnation: '', cursor: 0, ...settings });
    else await log.change(conversationId, (change) => change.update(settings));
    const isNews =
      !known || Object.entries(settings).some(([name, value]) => known[name as keyof ConversationRecord] !== value);
    if (isNews) events.emit('conversation', await log.summary(await log.getConversation(conversationId)));
    if (!known || (await this.isBehind(known, view))) await this.catchUp(conversationId);
    void receipts.flush(conversationId);
    outbox.kick(conversationId);
  }

  /** Also while something is alive here whose receipt, recall or burn may have been missed. */
  private async isBehind(
    { conversationId, incarnation, cursor }: ConversationRecord,
    view: ConversationView,
  ): Promise<boolean> {
    const { log, store } = this.services;
    if (view.incarnation !== incarnation || view.headSeq !== cursor) return true;
    const session = await store.find(KINDS.session, conversationId);
    if (view.epoch !== (session?.epoch ?? 0)) return true;
    return (await log.list(conversationId)).some((message) => isAlive(message) && message.seq !== undefined);
  }

  async catchUp(conversationId: string): Promise<void> {
    await this.underLock(conversationId, () => this.services.setup.catchUp(conversationId));
    this.services.outbox.kick(conversationId);
  }

  received(push: MessageReceived): Promise<void> {
    return this.underLock(push.conversationId, () => this.services.inbox.receive(push));
  }

  async receipt({ conversationId, incarnation, kind, messages, at, userId }: MessageReceipt): Promise<void> {
    await this.services.log.change(conversationId, async (change) => {
      if (change.conversation.incarnation !== incarnation || change.conversation.peerUserId !== userId) return;
      const stored = await change.list();
      for (const { seq, burnAt } of messages) {
        const message = stored.find(
          (own) => own.direction === 'out' && own.seq === seq && own.incarnation === incarnation,
        );
        if (!message || !isAlive(message)) continue;
        change.save(withReceipts(message, { burnAt, ...(kind === 'read' ? { readAt: at } : { deliveredAt: at }) }));
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

  /** The friendship is over, and with it the conversation. */
  async removed(conversationId: string): Promise<void> {
    const { store, log, events } = this.services;
    const isKnown = (await log.findConversation(conversationId)) !== undefined;
    await store.exclusive(`conversation/${conversationId}`, () => log.remove(conversationId));
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

function settingsOf({ burnAfterReadSeconds, ownBurnAfterReadSeconds, lastActivityAt }: ConversationView) {
  return { burnAfterReadSeconds, ownBurnAfterReadSeconds, lastActivityAt };
}
