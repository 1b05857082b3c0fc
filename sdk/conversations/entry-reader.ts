import type { BurnReason, LogEntry } from '../../src/protocol/payloads/chat.payloads.js';
import { LIMITS } from '../../src/protocol/limits.js';
import type { EngineSource } from '../account/engine-source.js';
import { AshwireError } from '../ashwire-error.js';
import type { AshwireClientEvents } from '../client-events.js';
import { CryptoError } from '../crypto/crypto-error.js';
import { decodeMessageContent } from '../crypto/message-content.js';
import type { ConversationRecord, MessageRecord } from '../store/records.js';
import type { ServerClock } from '../time/server-clock.js';
import type { TypedEmitter } from '../typed-emitter.js';
import { messageOf } from './message.js';
import { accepted, burned, clampedBurnAt, isAlive, owing, wasRead, withReceipts } from './message-life.js';
import type { LogChange, MessageLog } from './message-log.js';
import { contentOf, decodePayload, type Payload } from './payload.js';
import type { SessionKeeper } from './session-keeper.js';
import { isUsable } from './session-roster.js';
import type { StorageChange } from '../storage/client-storage.port.js';

export interface ReaderServices {
  readonly log: MessageLog;
  readonly sessions: SessionKeeper;
  readonly engines: EngineSource;
  readonly clock: ServerClock;
  readonly events: TypedEmitter<AshwireClientEvents>;
  /** Something is owed to the server. */
  readonly onOwed: (conversationId: string) => void;
  /** Something could not be read: the session needs repair. */
  readonly onUnreadable: (conversationId: string) => void;
}

type Opened = { readonly payload: Payload; readonly write: StorageChange };

/** Takes one entry of the log. Everything that follows from it is stored at once with the cursor behind it. */
export class EntryReader {
  constructor(private readonly services: ReaderServices) {}

  /** Under the conversation's lock. Throws when it cannot be decided now (offline, key not accepted): the cursor stays. */
  async read(conversation: ConversationRecord, entry: LogEntry): Promise<void> {
    const { log, engines } = this.services;
    const { conversationId, kind, members, incarnation } = conversation;
    const { userId } = await engines.account();
    const known = await log.find(conversationId, entry.clientMessageId);
    const isOwn = entry.senderId === userId;
    if (known && (known.direction === 'out') === isOwn) return this.update(conversation, entry);
    // In a group, the sender may have left since; the message proves who it was.
    const isStrange = kind === 'direct' && !members.includes(entry.senderId);
    if (isOwn || known || isStrange) return this.pass(conversation, entry, !isOwn);
    if (entry.burned !== undefined || entry.ciphertext === undefined) return this.pass(conversation, entry, false);
    try {
      const opened = await this.open(conversation, entry, entry.ciphertext);
      await this.take(conversation, entry, opened);
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      await this.takeUnreadable(conversationId, incarnation, entry, error);
    }
  }

  /** The message is gone at the server; its text goes here. A tombstone that guessed the reason learns it. */
  async burn(conversationId: string, id: string, reason: BurnReason): Promise<void> {
    await this.services.log.change(conversationId, async (change) => {
      const message = await change.find(id);
      if (message) this.burnIn(change, message, reason);
    });
  }

  private async open(conversation: ConversationRecord, entry: LogEntry, ciphertext: string): Promise<Opened> {
    const { sessions } = this.services;
    const { conversationId } = conversation;
    const session = await sessions.follow(conversation, entry.epoch);
    if (!isUsable(session)) throw new CryptoError('STALE_EPOCH', 'this device is not in the session of the message');
    const { sender, payload, authenticatedData, write } = await sessions.decrypt(session, ciphertext);
    if (sender.userId !== entry.senderId || sender.deviceId !== entry.senderDeviceId) {
      throw new CryptoError('UNTRUSTED_MEMBER', 'the envelope names another sender than the message');
    }
    const content = decodeMessageContent(authenticatedData);
    if (
      content.conversationId !== conversationId ||
      content.clientMessageId !== entry.clientMessageId ||
      content.burnAfterReadSeconds !== entry.burnAfterReadSeconds
    ) {
      throw new CryptoError('BAD_MESSAGE', 'the envelope says something else than the message');
    }
    const opened = decodePayload(payload);
    if (opened.type === 'payment' && conversation.kind === 'group') {
      throw new CryptoError('BAD_MESSAGE', 'a card belongs into a conversation of two');
    }
    return { payload: opened, write };
  }

  private async take({ conversationId }: ConversationRecord, entry: LogEntry, opened: Opened): Promise<void> {
    const { log, clock, events, engines, onOwed } = this.services;
    const { payload, write } = opened;
    const { userId } = await engines.account();
    const taken = await log.change(conversationId, async (change) => {
      const first = payload.replaces === undefined ? undefined : await change.find(payload.replaces);
      const isRepetition = first?.direction === 'in' && first.state !== 'unreadable' && !first.unopened;
      const message: MessageRecord = {
        ...this.incoming(change.conversation, entry),
        state: 'delivered',
        deliveredAt: clock.now(),
        ...contentOf(payload, [userId, ...change.conversation.members]),
        owedReceipts: isRepetition && wasRead(first) ? ['delivered', 'read'] : ['delivered'],
        ...(isRepetition ? { replaces: first.id } : {}),
      };
      const isOver = (message.burnAt ?? 0) <= clock.now();
      const stored = isRepetition || isOver ? burned(message, isOver ? 'expired' : 'read', clock.now()) : message;
      change.saveSilently(stored);
      change.also(write);
      passTo(change, entry.seq);
      return stored;
    });
    if (!taken) return;
    log.onDue(taken.burnAt ?? taken.forgetAt ?? 0);
    onOwed(conversationId);
    if (taken.forgetAt === undefined) events.emit('message', messageOf(taken));
  }

  /** Own messages and ones that came before: what the log says about them. */
  private async update(conversation: ConversationRecord, entry: LogEntry): Promise<void> {
    const { log, clock, onOwed } = this.services;
    const { conversationId, incarnation } = conversation;
    await log.change(conversationId, async (change) => {
      passTo(change, entry.seq);
      const message = await change.find(entry.clientMessageId);
      if (!message) return;
      const placed = { ...message, seq: entry.seq, incarnation };
      if (entry.burned !== undefined) return this.burnIn(change, placed, entry.burned);
      if (message.direction === 'in') {
        if (message.state === 'unreadable') return;
        const owed = wasRead(message) ? (['delivered', 'read'] as const) : (['delivered'] as const);
        return change.saveSilently({ ...placed, owedReceipts: owing(message, ...owed) });
      }
      if (message.forgetAt !== undefined) {
        // Recalled here before the server had told its place. What was repeated may be read by others meanwhile.
        const isRepeated = message.failure?.replacedBy !== undefined;
        return change.saveSilently(isRepeated ? placed : { ...placed, owedReceipts: owing(message, 'burn') });
      }
      // Given up after it was accepted: nobody can read it any more.
      if (message.state === 'failed' && message.acceptedAt !== undefined) return change.saveSilently(placed);
      const next = withReceipts(accepted(message, { ...entry, incarnation }, clock.now()), entry);
      if (JSON.stringify(next) !== JSON.stringify(message)) change.save(next);
    });
    onOwed(conversationId);
  }

  private burnIn(change: LogChange, message: MessageRecord, reason: BurnReason): void {
    const { clock } = this.services;
    if (message.forgetAt === undefined && (isAlive(message) || message.state === 'unreadable')) {
      change.save(burned(message, reason, clock.now()));
    } else if (message.state === 'expired' && reason !== 'expired') {
      change.save({ ...message, state: 'burned' });
    }
  }

  /** Nothing of this entry is for this device. */
  private async pass({ conversationId }: ConversationRecord, entry: LogEntry, isStrange: boolean): Promise<void> {
    const { log, events } = this.services;
    await log.change(conversationId, (change) => passTo(change, entry.seq));
    if (isStrange && entry.burned === undefined)
      events.emit('error', new AshwireError('BAD_ANSWER', { conversationId, seq: entry.seq }));
  }

  /** Kept without a text, so that it is not tried again; never acknowledged as delivered. */
  private async takeUnreadable(
    conversationId: string,
    incarnation: string,
    entry: LogEntry,
    cause: CryptoError,
  ): Promise<void> {
    const { log, events, onUnreadable } = this.services;
    await log.change(conversationId, (change) => {
      change.save({ ...this.incoming(change.conversation, entry), incarnation, state: 'unreadable' });
      passTo(change, entry.seq);
    });
    const details = { conversationId, clientMessageId: entry.clientMessageId, reason: cause.code };
    events.emit('error', new AshwireError('UNREADABLE', details, { cause }));
    onUnreadable(conversationId);
  }

  private incoming({ conversationId, incarnation }: ConversationRecord, entry: LogEntry): Omit<MessageRecord, 'state'> {
    const now = this.services.clock.now();
    const { seq, clientMessageId: id, senderId, acceptedAt, burnAt, burnAfterReadSeconds } = entry;
    return {
      id,
      conversationId,
      direction: 'in',
      senderId,
      order: seq,
      queuedAt: Math.min(acceptedAt, now),
      incarnation,
      seq,
      acceptedAt,
      burnAt: clampedBurnAt(burnAt, acceptedAt, now),
      burnAfterReadSeconds: Math.min(burnAfterReadSeconds, LIMITS.burnAfterReadSeconds.max),
    };
  }
}

function passTo(change: LogChange, seq: number): void {
  if (change.conversation.cursor < seq) change.update({ cursor: seq });
}
