import QuickLRU from 'quick-lru';
import { LIMITS } from '../../../protocol/limits.js';

/** How much of a conversation the user has not read, by the log: the truth, over all nodes. */
export type AskUnreadBytes = (userId: string, conversationIds: readonly string[]) => Promise<readonly number[]>;

/**
 * The local limiter of what waits unread for one user over all conversations: counts up what this process takes in, and asks
 * the logs what is left of it only when the sum reaches the limit. So it costs a message nothing, and each process counts only
 * the conversations that it took something in for.
 */
export class UnreadBytesLimit {
  private readonly users = new QuickLRU<string, Map<string, number>>({ maxSize: 100_000 });

  constructor(private readonly ask: AskUnreadBytes) {}

  async admits(userId: string, conversationId: string, bytes: number): Promise<boolean> {
    const own = this.users.get(userId) ?? new Map<string, number>();
    this.users.set(userId, own);
    if (sum(own) + bytes > LIMITS.unreadBytesPerUser) {
      const conversationIds = [...own.keys()];
      const unread = await this.ask(userId, conversationIds);
      conversationIds.forEach((id, index) => {
        if (unread[index]) own.set(id, unread[index]);
        else own.delete(id);
      });
    }
    if (sum(own) + bytes > LIMITS.unreadBytesPerUser) return false;
    own.set(conversationId, (own.get(conversationId) ?? 0) + bytes);
    return true;
  }
}

/** At most 20 friends and 20 groups, so a sum that is kept would save nothing. */
function sum(own: ReadonlyMap<string, number>): number {
  let all = 0;
  for (const bytes of own.values()) all += bytes;
  return all;
}
