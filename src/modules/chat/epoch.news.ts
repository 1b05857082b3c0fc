import { Inject, Injectable } from '@nestjs/common';
import { Delivery } from '../../platform/delivery/delivery.port.js';
import { GroupFacade } from '../group/index.js';
import { ConversationDirectory } from './conversation.directory.js';
import { ConversationService } from './conversation.service.js';
import { MessageStore } from './ports/message.store.port.js';

export interface NewEpoch {
  readonly conversationId: string;
  readonly kind: 'direct' | 'group';
  readonly epoch: number;
  /** Once the epoch was taken. */
  readonly members: readonly string[];
  readonly added: readonly string[];
  readonly gone: readonly string[];
}

/** What follows a committed epoch. First nobody who is gone gets any more, then the members hear of it: who is in, then what to apply. */
@Injectable()
export class EpochNews {
  constructor(
    @Inject(ConversationDirectory) private readonly directory: ConversationDirectory,
    @Inject(ConversationService) private readonly conversations: ConversationService,
    @Inject(MessageStore) private readonly messages: MessageStore,
    @Inject(GroupFacade) private readonly groups: GroupFacade,
    @Inject(Delivery) private readonly delivery: Delivery,
  ) {}

  async tell({ conversationId, kind, epoch, members, added, gone }: NewEpoch): Promise<void> {
    if (kind === 'group') this.groups.changed([...members, ...gone]);
    await this.directory.epochChanged(conversationId);
    for (const userId of gone) {
      await this.messages.dropRecipient(conversationId, userId);
      this.delivery.toUser(userId, 'conversation:removed', { conversationId });
    }
    if (members.length === 0) return this.messages.remove(conversationId);
    if (kind === 'group') {
      if (added.length + gone.length > 0) await this.groups.announce(conversationId);
      await this.conversations.announce(conversationId, members);
    }
    for (const userId of members) this.delivery.toUser(userId, 'handshake:received', { conversationId, epoch });
  }
}
