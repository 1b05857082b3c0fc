import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { ProcessCache } from '../../platform/cache/process-cache.js';
import { ProcessCaches } from '../../platform/cache/process-caches.js';
import { Outbox } from '../../platform/database/outbox.js';
import { EventBus } from '../../platform/event-bus/event-bus.port.js';
import { DomainError } from '../../shared/domain-error.js';
import { GroupCut, GroupDissolved } from '../group/index.js';
import { FriendshipCut, FriendshipEnded } from '../relation/index.js';
import { UserChanged, UserDeleted } from '../user/index.js';
import { ConversationChanged } from './chat.events.js';
import { type Conversation, ConversationReader, type Parties } from './conversation.reader.js';
import { MessageStore } from './ports/message.store.port.js';

export type { Conversation } from './conversation.reader.js';

/**
 * Who belongs to a conversation and in which epoch it is: asked for with every message, so kept in the process. A signal tells the
 * other nodes of a change; for the one that misses it there is the fence of the log (docs/adr/0016-caches-and-the-fence.md).
 */
@Injectable()
export class ConversationDirectory implements OnModuleInit {
  private readonly cache: ProcessCache<Conversation>;

  constructor(
    @Inject(ConversationReader) private readonly reader: ConversationReader,
    @Inject(MessageStore) private readonly messages: MessageStore,
    @Inject(ProcessCaches) caches: ProcessCaches,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(Outbox) private readonly outbox: Outbox,
  ) {
    const options = { topic: 'chat.conversation', maxSize: 50_000 };
    this.cache = caches.openSingle(options, (conversationId) => reader.read(conversationId));
  }

  onModuleInit(): void {
    this.bus.subscribe(ConversationChanged, ({ conversationId }) => this.changed(conversationId));
    this.bus.subscribe(FriendshipCut, ({ conversationId }) => this.changed(conversationId));
    this.bus.subscribe(FriendshipEnded, ({ conversationId }) => this.changed(conversationId));
    this.bus.subscribe(GroupCut, ({ groupId }) => this.changed(groupId));
    this.bus.subscribe(GroupDissolved, ({ groupId }) => this.changed(groupId));
    this.bus.subscribe(UserDeleted, ({ userId }) => this.changedOf(userId));
    this.bus.subscribe(UserChanged, ({ userId, what }) => (what === 'settings' ? this.changedOf(userId) : undefined));
  }

  /** Throws NOT_FOUND, whether the conversation does not exist or is not the user's. */
  async get(conversationId: string, userId: string): Promise<Conversation> {
    const conversation = await this.find(conversationId, userId);
    if (!conversation) throw new DomainError('NOT_FOUND');
    return conversation;
  }

  async find(conversationId: string, userId: string): Promise<Conversation | null> {
    const conversation = this.cache.peek(conversationId) ?? (await this.cache.get(conversationId));
    return conversation?.members.includes(userId) ? conversation : null;
  }

  /** As the database has it now, within the transaction of the caller. */
  findParties(conversationId: string): Promise<Parties | null> {
    return this.reader.findParties(conversationId);
  }

  listIds(userId: string): Promise<string[]> {
    return this.reader.listIds(userId);
  }

  /**
   * After the commit of a change, before it is answered. When this is through, nothing is appended any more on what any node knew before.
   * When it throws, what the commit left in the outbox does it again.
   */
  async changed(conversationId: string): Promise<void> {
    try {
      await this.messages.renewFence(conversationId);
    } finally {
      this.cache.changed(conversationId);
    }
  }

  /** As `changed`, after the commit of an epoch. */
  async epochChanged(conversationId: string): Promise<void> {
    try {
      await this.changed(conversationId);
    } finally {
      // Not awaited: this may run inside a pass of the outbox (UserDeleted), which the next pass waits for.
      void this.outbox.drain();
    }
  }

  /** What this node knows is wrong: a signal was lost, or is on its way. */
  forget(conversationId: string): void {
    this.cache.forget(conversationId);
  }

  /** As `forget`, unless that was read again already. */
  forgetOutdated(conversation: Conversation): void {
    const { conversationId } = conversation;
    if (this.cache.peek(conversationId) === conversation) this.cache.forget(conversationId);
  }

  private async changedOf(userId: string): Promise<void> {
    const ids = await this.listIds(userId);
    await Promise.all(ids.map((conversationId) => this.changed(conversationId)));
  }
}
