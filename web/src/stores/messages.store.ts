import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import type { Message } from '../../../sdk/index.js';
import { useSession } from './session.store.js';

/** For so long a burned bubble stays to show that it burned. Its text is gone before. */
const ASHES_MS = 1_200;
const GONE: readonly Message['state'][] = ['burned', 'expired'];

/** The messages of the conversations that are on the screen, without a text once burned. */
export const useMessages = defineStore('messages', () => {
  const session = useSession();
  /** Replaced as a whole at each change: a thousand messages are read often. */
  const byConversation = shallowReactive(new Map<string, readonly Message[]>());
  /** Own messages that burned and nobody had read: kept, without a text, until their conversation was looked at. */
  const expired = shallowReactive(new Map<string, readonly Message[]>());

  /** Conversations in which something of one's own failed while nobody looked. */
  const failed = shallowReactive(new Set<string>());
  /** A chat may be entered again before it was quite left. */
  const viewers = new Map<string, number>();
  const opening = new Set<string>();

  const of = (conversationId: string): readonly Message[] => byConversation.get(conversationId) ?? [];

  /** What is heard of while it is fetched is newer than what was fetched. */
  async function open(conversationId: string): Promise<void> {
    viewers.set(conversationId, (viewers.get(conversationId) ?? 0) + 1);
    if (!byConversation.has(conversationId)) byConversation.set(conversationId, []);
    failed.delete(conversationId);
    opening.add(conversationId);
    const found = await session
      .host()
      .conversation.messages(conversationId)
      .finally(() => opening.delete(conversationId));
    if (!viewers.has(conversationId)) return;
    const heard = [...(expired.get(conversationId) ?? []), ...of(conversationId)];
    const known = new Map([...found, ...heard].map((message) => [message.id, message]));
    byConversation.set(conversationId, [...known.values()].sort(inOrder));
  }

  /** Nothing of it stays in this page's memory. */
  function leave(conversationId: string): void {
    const others = (viewers.get(conversationId) ?? 1) - 1;
    if (others > 0) viewers.set(conversationId, others);
    else forget(conversationId);
  }

  function forget(conversationId: string): void {
    viewers.delete(conversationId);
    byConversation.delete(conversationId);
    expired.delete(conversationId);
    failed.delete(conversationId);
  }

  async function markRead(conversationId: string, ids: readonly string[]): Promise<void> {
    await session.host().conversation.markRead(conversationId, [...ids]);
  }

  function put(message: Message): void {
    const { conversationId, id } = message;
    const known = byConversation.get(conversationId);
    const before = known?.find((one) => one.id === id);
    // Of what is gone only its place stays.
    const placed = before?.acceptedAt === undefined ? message : { acceptedAt: before.acceptedAt, ...message };
    const isGone = GONE.includes(message.state);
    if (message.state === 'failed' && !message.failure?.replacedBy && !known) failed.add(conversationId);
    if (isExpiredUnread(message)) keepExpired(placed);
    else if (isGone) setTimeout(() => drop(message), ASHES_MS);
    if (!known || (isGone && !before && !opening.has(conversationId))) return;
    const all = before ? known.map((one) => (one === before ? placed : one)) : [...known, placed];
    byConversation.set(conversationId, all.sort(inOrder));
  }

  function keepExpired(message: Message): void {
    const others = (expired.get(message.conversationId) ?? []).filter(({ id }) => id !== message.id);
    expired.set(message.conversationId, [...others, message]);
  }

  function drop({ conversationId, id }: Message): void {
    const known = byConversation.get(conversationId);
    if (known)
      byConversation.set(
        conversationId,
        known.filter((one) => one.id !== id || !GONE.includes(one.state)),
      );
  }

  session.on('message', put);
  session.on('message-state', put);
  session.on('conversation-removed', ({ conversationId }) => forget(conversationId));
  session.on('host', ({ kind }) => {
    if (kind === 'open') return;
    viewers.clear();
    byConversation.clear();
    expired.clear();
    failed.clear();
  });

  return { expired, failed, of, open, leave, markRead };
});

export const isUnread = ({ direction, state, readAt }: Message): boolean =>
  direction === 'in' && state === 'delivered' && readAt === undefined;

export const isExpiredUnread = ({ direction, state }: Message): boolean => direction === 'out' && state === 'expired';

/** As the SDK orders them: by the log, then those that wait. */
function inOrder(left: Message, right: Message): number {
  const place = ({ acceptedAt = Infinity, seq = Infinity }: Message) => [acceptedAt, seq] as const;
  const [[leftAt, leftSeq], [rightAt, rightSeq]] = [place(left), place(right)];
  if (leftAt !== rightAt) return leftAt < rightAt ? -1 : 1;
  return leftSeq === rightSeq ? 0 : leftSeq < rightSeq ? -1 : 1;
}
