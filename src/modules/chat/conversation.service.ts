import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type {
  ConversationListResult,
  ConversationView,
  LogEntry,
  SetBurnRequest,
  SyncRequest,
  SyncResult,
} from '../../protocol/payloads/chat.payloads.js';
import { LIMITS } from '../../protocol/limits.js';
import { DomainError } from '../../shared/domain-error.js';
import { type Conversation, ConversationDirectory } from './conversation.directory.js';
import { ConversationNotices } from './conversation.notices.js';
import { ConversationStore } from './ports/conversation.store.port.js';
import { MessageStore } from './ports/message.store.port.js';

/** Conversations as their members see them. They come and go with the friendship or the group. */
@Injectable()
export class ConversationService implements OnModuleInit {
  constructor(
    @Inject(ConversationDirectory) private readonly directory: ConversationDirectory,
    @Inject(ConversationStore) private readonly conversations: ConversationStore,
    @Inject(MessageStore) private readonly messages: MessageStore,
    @Inject(ConversationNotices) private readonly notices: ConversationNotices,
  ) {}

  onModuleInit(): void {
    this.notices.onBegan((conversationId, members) => this.announce(conversationId, members));
    this.notices.onEnded(async (conversationId) => {
      await this.messages.remove(conversationId);
      await this.conversations.remove(conversationId);
    });
  }

  async list(userId: string): Promise<ConversationListResult> {
    const ids = await this.directory.listIds(userId);
    const views = await Promise.all(ids.map((conversationId) => this.find(conversationId, userId)));
    return { conversations: views.flatMap((view) => view ?? []), serverTime: this.notices.now() };
  }

  async sync(userId: string, { conversationId, afterSeq, limit }: SyncRequest): Promise<SyncResult> {
    await this.directory.get(conversationId, userId);
    const page = await this.messages.list(conversationId, userId, afterSeq, limit);
    return { ...page, entries: fitting(page.entries), serverTime: this.notices.now() };
  }

  async setBurn(userId: string, { conversationId, burnAfterReadSeconds }: SetBurnRequest): Promise<ConversationView> {
    const { members } = await this.directory.get(conversationId, userId);
    await this.conversations.setBurnAfterRead(conversationId, userId, burnAfterReadSeconds);
    await this.directory.changed(conversationId);
    await this.announce(conversationId, members);
    const view = await this.find(conversationId, userId);
    if (!view) throw new DomainError('NOT_FOUND');
    return view;
  }

  /** To those of the users who are members. */
  async announce(conversationId: string, userIds: readonly string[]): Promise<void> {
    for (const userId of userIds) {
      const view = await this.find(conversationId, userId);
      if (view) this.notices.updated(userId, view);
    }
  }

  private async find(conversationId: string, userId: string): Promise<ConversationView | null> {
    const conversation = await this.directory.find(conversationId, userId);
    if (!conversation) return null;
    const overview = await this.messages.overview(conversationId, userId);
    return { ...overview, ...describe(conversation, userId) };
  }
}

function describe(
  conversation: Conversation,
  userId: string,
): Pick<
  ConversationView,
  'conversationId' | 'kind' | 'members' | 'epoch' | 'ownBurnAfterReadSeconds' | 'burnAfterReadSeconds'
> {
  const { conversationId, kind, members, epoch, burnAfterReadSeconds, strictestBurn } = conversation;
  const own = burnAfterReadSeconds.get(userId) ?? strictestBurn;
  return {
    conversationId,
    kind,
    members: [...members],
    epoch,
    ownBurnAfterReadSeconds: own,
    burnAfterReadSeconds: strictestBurn,
  };
}

/** The first entries, as many as one answer may hold: a client that asks for large pages costs no more than others. */
function fitting(entries: readonly LogEntry[]): LogEntry[] {
  let characters = 0;
  const end = entries.findIndex(({ ciphertext = '' }, index) => {
    characters += ciphertext.length;
    return index > 0 && characters > LIMITS.syncPageCharacters;
  });
  return entries.slice(0, end === -1 ? entries.length : end);
}
