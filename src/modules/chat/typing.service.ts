import { Inject, Injectable } from '@nestjs/common';
import QuickLRU from 'quick-lru';
import { Delivery } from '../../platform/delivery/delivery.port.js';
import type { TypingRequest } from '../../protocol/payloads/chat.payloads.js';
import { Clock } from '../../shared/clock.js';
import { ConversationDirectory } from './conversation.directory.js';
import { SharingDirectory } from './sharing.directory.js';

const TYPING_EVERY_MS = 3_000;

/** Typing notices: nothing is stored, and what comes too often is dropped without a word. */
@Injectable()
export class TypingService {
  private readonly last = new QuickLRU<string, { typing: boolean; at: number }>({ maxSize: 10_000 });

  constructor(
    @Inject(ConversationDirectory) private readonly directory: ConversationDirectory,
    @Inject(SharingDirectory) private readonly sharing: SharingDirectory,
    @Inject(Delivery) private readonly delivery: Delivery,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async set(userId: string, { conversationId, typing }: TypingRequest): Promise<void> {
    const { members } = await this.directory.get(conversationId, userId);
    if (!this.passes(`${userId}:${conversationId}`, typing)) return;
    if (!(await this.sharing.of(userId)).shareTyping) return;
    for (const member of members) {
      if (member === userId || !(await this.sharing.of(member)).shareTyping) continue;
      this.delivery.toUser(member, 'typing:changed', { conversationId, userId, typing });
    }
  }

  /** A start once in 3 seconds, an end only after a start that passed. */
  private passes(key: string, typing: boolean): boolean {
    const last = this.last.get(key);
    const now = this.clock.now();
    if (typing && last && now - last.at < TYPING_EVERY_MS) return false;
    if (!typing && !last?.typing) return false;
    this.last.set(key, { typing, at: typing ? now : (last?.at ?? now) });
    return true;
  }
}
