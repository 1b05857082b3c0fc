import { Inject, Injectable } from '@nestjs/common';
import QuickLRU from 'quick-lru';
import type { AshwireConfig } from '../../config/config.schema.js';
import { CONFIG } from '../../config/config.token.js';
import type { Principal } from '../../platform/authentication/authenticator.js';
import { Delivery } from '../../platform/delivery/delivery.port.js';
import type { SendRequest, SendResult } from '../../protocol/payloads/chat.payloads.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { TokenBucket } from '../../shared/token-bucket.js';
import { type Conversation, ConversationDirectory } from './conversation.directory.js';
import { isStale, staleEpoch } from './domain/stale-epoch.js';
import { type Appended, FenceOutdated, MessageStore, type NewMessage } from './ports/message.store.port.js';

/** Each is refused only where somebody changed the conversation once more in between. */
const TRIES = 3;

/** Takes messages in: checks, stores, acknowledges, and hints to whoever is connected. */
@Injectable()
export class MessageService {
  private readonly buckets = new QuickLRU<string, TokenBucket>({ maxSize: 50_000 });

  constructor(
    @Inject(CONFIG) private readonly config: AshwireConfig,
    @Inject(ConversationDirectory) private readonly directory: ConversationDirectory,
    @Inject(MessageStore) private readonly store: MessageStore,
    @Inject(Delivery) private readonly delivery: Delivery,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async send(sender: Principal, request: SendRequest): Promise<SendResult> {
    const conversation = await this.directory.get(request.conversationId, sender.userId);
    this.limit(sender.userId, request.conversationId);
    for (let known = conversation, tries = 1; ; tries += 1) {
      try {
        return await this.accept(sender, request, known);
      } catch (error) {
        if (!(error instanceof FenceOutdated)) throw error;
        if (tries === TRIES) throw new DomainError('UNAVAILABLE');
      }
      // The conversation was changed by another node, and this one was not told yet.
      this.directory.forgetOutdated(known);
      known = await this.directory.get(request.conversationId, sender.userId);
    }
  }

  private async accept(sender: Principal, request: SendRequest, conversation: Conversation): Promise<SendResult> {
    const recipients = conversation.members.filter((userId) => userId !== sender.userId);
    const refusal = refusalOf(conversation, recipients);
    const message: NewMessage = {
      conversationId: request.conversationId,
      senderId: sender.userId,
      senderDeviceId: sender.deviceId,
      clientMessageId: request.clientMessageId,
      epoch: request.epoch,
      ciphertext: request.ciphertext,
      burnAfterReadSeconds: request.burnAfterReadSeconds,
      strictestBurnSeconds: conversation.strictestBurn,
      recipients,
      fence: conversation.fence,
      currentEpoch: conversation.epoch,
      ...(request.notAfter !== undefined && { notAfter: request.notAfter }),
      ...(refusal && { refusal }),
    };
    const stored = await this.store.append(message).catch((error: unknown) => {
      throw isStale(error) ? staleEpoch(conversation) : error;
    });
    if (!stored.duplicate) this.push(sender, request, conversation, stored);
    return stored;
  }

  private push(sender: Principal, request: SendRequest, conversation: Conversation, stored: Appended): void {
    const received = {
      conversationId: request.conversationId,
      incarnation: stored.incarnation,
      entry: {
        seq: stored.seq,
        senderId: sender.userId,
        senderDeviceId: sender.deviceId,
        clientMessageId: request.clientMessageId,
        epoch: request.epoch,
        acceptedAt: stored.acceptedAt,
        burnAfterReadSeconds: request.burnAfterReadSeconds,
        burnAt: stored.burnAt,
        ciphertext: request.ciphertext,
      },
    };
    for (const userId of conversation.members) {
      if (userId !== sender.userId) this.delivery.toUser(userId, 'message:received', received);
    }
  }

  private limit(userId: string, conversationId: string): void {
    const key = `${userId}:${conversationId}`;
    const now = this.clock.now();
    let bucket = this.buckets.get(key);
    if (!bucket) {
      bucket = new TokenBucket(this.config.limits.messagesPerConversation, now);
      this.buckets.set(key, bucket);
    }
    const retryAfterMs = bucket.take(now);
    if (retryAfterMs > 0) throw new DomainError('RATE_LIMITED', { retryAfterMs });
  }
}

/** Sealing for who has left and still has the keys would let that person read. */
function refusalOf({ isChanging }: Conversation, recipients: readonly string[]): NewMessage['refusal'] {
  if (recipients.length === 0) return 'GROUP_EMPTY';
  return isChanging ? 'GROUP_CHANGING' : undefined;
}
