import { Inject, Injectable } from '@nestjs/common';
import { Delivery } from '../../platform/delivery/delivery.port.js';
import type { BurnTime, ReadResult, ReceiptRequest } from '../../protocol/payloads/chat.payloads.js';
import { Clock } from '../../shared/clock.js';
import { ConversationDirectory } from './conversation.directory.js';
import { announceBurned } from './burn-announcement.js';
import { type MarkedMessage, MessageStore } from './ports/message.store.port.js';
import { SharingDirectory } from './sharing.directory.js';

/** Delivered, read, burned: what the recipient says of a message, told to its sender once each. */
@Injectable()
export class ReceiptService {
  constructor(
    @Inject(ConversationDirectory) private readonly directory: ConversationDirectory,
    @Inject(MessageStore) private readonly store: MessageStore,
    @Inject(Delivery) private readonly delivery: Delivery,
    @Inject(SharingDirectory) private readonly sharing: SharingDirectory,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async delivered(userId: string, request: ReceiptRequest): Promise<void> {
    const { conversationId, incarnation, seqs } = request;
    const { members } = await this.directory.get(conversationId, userId);
    const marked = await this.store.markDelivered({ conversationId, incarnation, userId, seqs });
    this.tellSenders('delivered', userId, request, among(members, marked));
  }

  async read(userId: string, request: ReceiptRequest): Promise<ReadResult> {
    const { members } = await this.directory.get(request.conversationId, userId);
    const { shareRead } = await this.sharing.of(userId);
    const marked = await this.store.markRead({ ...request, userId }, shareRead);
    if (shareRead) this.tellSenders('read', userId, request, among(members, marked));
    return { burnTimes: marked.map(burnTime) };
  }

  async burn(userId: string, request: ReceiptRequest): Promise<void> {
    const { kind } = await this.directory.get(request.conversationId, userId);
    // In a group it burns for the others too once all have read, so who burns has read.
    if (kind === 'group') await this.read(userId, request);
    announceBurned(this.delivery, await this.store.burn({ ...request, userId }));
  }

  private tellSenders(
    kind: 'delivered' | 'read',
    userId: string,
    { conversationId, incarnation }: ReceiptRequest,
    marked: readonly MarkedMessage[],
  ): void {
    const at = this.clock.now();
    for (let rest = marked; rest[0] !== undefined;) {
      const { senderId } = rest[0];
      const messages = rest.filter((message) => message.senderId === senderId).map(burnTime);
      this.delivery.toUser(senderId, 'message:receipt', { conversationId, incarnation, userId, kind, messages, at });
      rest = rest.filter((message) => message.senderId !== senderId);
    }
  }
}

/** Whoever sent a message and is no member any more hears nothing of it. */
const among = (members: readonly string[], marked: readonly MarkedMessage[]): MarkedMessage[] =>
  marked.filter(({ senderId }) => members.includes(senderId));

const burnTime = ({ seq, burnAt }: MarkedMessage): BurnTime => ({ seq, burnAt });
