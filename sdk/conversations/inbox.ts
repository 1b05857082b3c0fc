import { LIMITS } from '../../src/protocol/limits.js';
import type { MessageReceived, SyncResult } from '../../src/protocol/payloads/chat.payloads.js';
import { AshwireError } from '../ashwire-error.js';
import type { ConversationRecord } from '../store/records.js';
import type { EventSender } from '../transport/socket-transport.js';
import type { EntryReader } from './entry-reader.js';
import { isAlive, owing, wasRead } from './message-life.js';
import type { MessageLog } from './message-log.js';

/**
 * Brings a conversation up to date with the server's log, in the order of its sequence. A push is taken as it is only when it
 * is the next one; in every other case the log is asked. All of it under the conversation's lock, which the caller holds.
 */
export class Inbox {
  constructor(
    private readonly log: MessageLog,
    private readonly sender: EventSender,
    private readonly reader: EntryReader,
    private readonly report: (error: AshwireError) => void,
  ) {}

  async receive({ conversationId, incarnation, entry }: MessageReceived): Promise<void> {
    const conversation = await this.log.findConversation(conversationId);
    if (!conversation) return;
    if (incarnation !== conversation.incarnation || entry.seq !== conversation.cursor + 1) {
      return this.synchronise(conversationId);
    }
    await this.reader.read(conversation, entry);
  }

  /** Every entry after what is known; own messages whose end is not known, and others that are alive, are looked at again. */
  async synchronise(conversationId: string): Promise<void> {
    let conversation = await this.log.getConversation(conversationId);
    let after = await this.firstToLookAt(conversation);
    let fetchedAll = false;
    while (!fetchedAll) {
      const page = await this.sender.emit('message:sync', { conversationId, afterSeq: after, limit: LIMITS.syncPage });
      const isAnotherLog = page.incarnation !== conversation.incarnation;
      // A log that became shorter without saying so: believed no further, and read again from the start.
      const hasShrunk = !isAnotherLog && page.headSeq < conversation.cursor;
      if (isAnotherLog || hasShrunk) {
        if (hasShrunk) this.report(new AshwireError('BAD_ANSWER', { conversationId }));
        await this.startOver(conversationId, page.incarnation);
        conversation = await this.log.getConversation(conversationId);
        after = 0;
        if (isAnotherLog) continue;
      }
      after = await this.readPage(conversation, page, after);
      conversation = await this.log.getConversation(conversationId);
      fetchedAll = isLast(page);
    }
  }

  private async readPage(conversation: ConversationRecord, page: SyncResult, after: number): Promise<number> {
    const { conversationId } = conversation;
    await this.burnThrough(conversation, page.burnedThrough);
    let expected = Math.max(after, page.burnedThrough) + 1;
    for (const entry of page.entries) {
      if (entry.seq < expected) throw new AshwireError('BAD_ANSWER', { conversationId });
      if (entry.seq > expected) this.report(new AshwireError('BAD_ANSWER', { conversationId, missing: expected }));
      const current = await this.log.getConversation(conversationId);
      await this.reader.read(current, entry);
      expected = entry.seq + 1;
    }
    if (isLast(page)) await this.advance(conversationId, page.headSeq);
    return expected - 1;
  }

  private async firstToLookAt({ conversationId, incarnation, cursor }: ConversationRecord): Promise<number> {
    const messages = await this.log.list(conversationId);
    const open = messages.filter(
      (message) => message.incarnation === incarnation && isAlive(message) && message.seq !== undefined,
    );
    return Math.min(cursor, ...open.map(({ seq }) => (seq as number) - 1));
  }

  private async burnThrough({ conversationId, incarnation }: ConversationRecord, burnedThrough: number): Promise<void> {
    if (burnedThrough === 0) return;
    for (const message of await this.log.list(conversationId)) {
      const isCovered = message.incarnation === incarnation && (message.seq ?? Infinity) <= burnedThrough;
      if (isCovered && isAlive(message)) await this.reader.burn(conversationId, message.id, 'expired');
    }
  }

  private async advance(conversationId: string, headSeq: number): Promise<void> {
    await this.log.change(conversationId, (change) => {
      if (change.conversation.cursor < headSeq) change.update({ cursor: headSeq });
    });
  }

  /**
   * The server lost the log: sequences count from 1 again. What was accepted and not delivered is sent again, the same
   * envelope under the same id, and never to live longer than it was first promised. What was delivered keeps its timer.
   */
  private async startOver(conversationId: string, incarnation: string): Promise<void> {
    await this.log.change(conversationId, async (change) => {
      const isFirst = change.conversation.incarnation === '';
      const isSame = change.conversation.incarnation === incarnation;
      change.update({ incarnation, cursor: 0 });
      if (isFirst || isSame) return;
      for (const message of await change.list()) {
        const { seq: _, incarnation: __, owedReceipts, ...rest } = message;
        if (
          message.direction === 'out' &&
          message.state === 'accepted' &&
          message.envelope &&
          message.burnAt !== undefined
        ) {
          change.save({ ...rest, state: 'queued', notAfter: message.burnAt });
        } else if (message.incarnation !== undefined) {
          const isReadHere = message.direction === 'in' && wasRead(message);
          change.saveSilently(isReadHere ? { ...rest, owedReceipts: owing(rest, 'delivered', 'read') } : rest);
        }
      }
    });
  }
}

/** A page may end before its limit, when its messages are large. */
const isLast = ({ entries, headSeq }: SyncResult): boolean => (entries.at(-1)?.seq ?? headSeq) >= headSeq;
