import { LIMITS } from '../../src/protocol/limits.js';
import type { ReceiptRequest } from '../../src/protocol/payloads/chat.payloads.js';
import { AshwireError } from '../ashwire-error.js';
import type { MessageRecord } from '../store/records.js';
import type { EventSender } from '../transport/socket-transport.js';
import type { OwedReceipt } from './message-life.js';
import type { MessageLog } from './message-log.js';

const EVENTS = { delivered: 'message:delivered', read: 'message:read', burn: 'message:burn' } as const;
const KINDS: readonly OwedReceipt[] = ['delivered', 'read', 'burn'];

/** Tells the server what was delivered, read and burned here. Owed receipts are stored, so they outlive a lost connection. */
export class Receipts {
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    private readonly log: MessageLog,
    private readonly sender: EventSender,
    private readonly report: (error: AshwireError) => void,
  ) {}

  /** Sends what is owed, as far as there is a connection. Never throws. */
  flush(conversationId: string): Promise<void> {
    const next = (this.running.get(conversationId) ?? Promise.resolve()).then(() => this.pass(conversationId));
    this.running.set(conversationId, next);
    return next;
  }

  private async pass(conversationId: string): Promise<void> {
    try {
      for (const kind of KINDS) await this.send(conversationId, kind);
    } catch (error) {
      const failure = AshwireError.from(error);
      // Still owed, and sent with the next connection.
      if (!failure.retryable) this.report(failure);
    }
  }

  private async send(conversationId: string, kind: OwedReceipt): Promise<void> {
    const conversation = await this.log.findConversation(conversationId);
    if (!conversation) return;
    const { incarnation } = conversation;
    const messages = await this.log.list(conversationId);
    const owed = messages.filter(
      (message) =>
        message.owedReceipts?.includes(kind) && message.seq !== undefined && message.incarnation === incarnation,
    );
    for (let start = 0; start < owed.length; start += LIMITS.syncPage) {
      const batch = owed.slice(start, start + LIMITS.syncPage);
      const request = { conversationId, incarnation, seqs: batch.map(({ seq }) => seq as number) };
      await this.settle(conversationId, kind, batch, await this.emit(kind, request));
    }
  }

  /** Burn times by sequence, where the server tells some. */
  private async emit(kind: OwedReceipt, request: ReceiptRequest): Promise<ReadonlyMap<number, number>> {
    const result = await this.sender.emit(EVENTS[kind], request);
    const burnTimes = 'burnTimes' in result ? result.burnTimes : [];
    return new Map(burnTimes.map(({ seq, burnAt }) => [seq, burnAt]));
  }

  private async settle(
    conversationId: string,
    kind: OwedReceipt,
    batch: readonly MessageRecord[],
    burnTimes: ReadonlyMap<number, number>,
  ): Promise<void> {
    await this.log.change(conversationId, async (change) => {
      for (const { id } of batch) {
        const message = await change.find(id);
        if (!message) continue;
        const owedReceipts = message.owedReceipts?.filter((owed) => owed !== kind) ?? [];
        const burnAt = message.seq === undefined ? undefined : burnTimes.get(message.seq);
        const settled = { ...message, owedReceipts };
        if (burnAt === undefined || message.burnAt === undefined || burnAt >= message.burnAt)
          change.saveSilently(settled);
        else change.save({ ...settled, burnAt });
      }
    });
  }
}
