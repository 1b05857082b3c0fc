import { defineStore } from 'pinia';
import { computed, reactive } from 'vue';
import type { ConversationSummary, Group, Message } from '../../../sdk/index.js';
import { usePeople } from './people.store.js';
import { useSession } from './session.store.js';

const TYPING_MS = 6_000;
/** Reading a screen of messages tells of each of them. */
const REFRESH_MS = 150;

/** The list of conversations, the groups behind some of them, and who is typing. */
export const useConversations = defineStore('conversations', () => {
  const session = useSession();
  const people = usePeople();
  const summaries = reactive(new Map<string, ConversationSummary>());
  const groups = reactive(new Map<string, Group>());
  /** By conversation: the users who type, and until when that is believed. */
  const typing = reactive(new Map<string, Map<string, number>>());

  /** By conversation: the last message that this page heard of. The summaries learn of it with the next connection only. */
  const activity = reactive(new Map<string, number>());
  let refreshing: ReturnType<typeof setTimeout> | undefined;

  const list = computed(() => [...summaries.values()].sort((a, b) => lastActivityOf(b) - lastActivityOf(a)));
  const unread = computed(() => list.value.reduce((sum, { unread: own }) => sum + own, 0));

  const lastActivityOf = ({ conversationId, lastActivityAt }: ConversationSummary): number =>
    Math.max(lastActivityAt, activity.get(conversationId) ?? 0);

  /** The friend's or the group's name; '' while it is not known. */
  function titleOf({ conversationId, peerUserId, name }: ConversationSummary): string {
    const friend = peerUserId === undefined ? undefined : people.friends.get(peerUserId);
    return friend ? people.nameOf(friend) : (groups.get(conversationId)?.name ?? name ?? '');
  }

  /** Anybody in the conversation by id; a fellow member need not be a friend. */
  function personIn(conversationId: string, userId: string): { readonly name: string; readonly colour: string } {
    const member = groups.get(conversationId)?.members.find((one) => one.userId === userId);
    const person = people.friends.get(userId) ?? member;
    return person ? { name: people.nameOf(person), colour: person.avatarColour } : { name: '', colour: 'grey' };
  }

  async function load(): Promise<void> {
    const { api } = session.host();
    const [found, ownGroups] = await Promise.all([api.conversations.list(), api.groups.list()]);
    summaries.clear();
    for (const summary of found) summaries.set(summary.conversationId, summary);
    groups.clear();
    for (const group of ownGroups) groups.set(group.groupId, group);
  }

  /** After what changes the count of unread ones. */
  async function refresh(): Promise<void> {
    for (const summary of await session.host().api.conversations.list()) summaries.set(summary.conversationId, summary);
  }

  function refreshSoon(): void {
    refreshing ??= setTimeout(() => {
      refreshing = undefined;
      // Locked meanwhile: loaded anew when it opens.
      refresh().catch(() => undefined);
    }, REFRESH_MS);
  }

  function heard({ conversationId, direction, state, acceptedAt = Date.now() }: Message): void {
    const isNew = direction === 'in' ? state === 'delivered' : state === 'queued' || state === 'accepted';
    if (isNew) activity.set(conversationId, Math.max(acceptedAt, activity.get(conversationId) ?? 0));
    if (direction === 'in') refreshSoon();
  }

  session.on('conversation', (summary) => summaries.set(summary.conversationId, summary));
  session.on('group', (group) => groups.set(group.groupId, group));
  session.on('conversation-removed', ({ conversationId }) => {
    summaries.delete(conversationId);
    groups.delete(conversationId);
    typing.delete(conversationId);
  });
  session.on('message', (message) => {
    typing.get(message.conversationId)?.delete(message.senderId);
    heard(message);
  });
  session.on('message-state', heard);
  session.on('typing', ({ conversationId, userId, typing: isTyping }) => {
    if (!typing.has(conversationId)) typing.set(conversationId, new Map());
    // As the map gives it, so that its changes are seen.
    const own = typing.get(conversationId) as Map<string, number>;
    own.delete(userId);
    if (!isTyping) return;
    own.set(userId, Date.now() + TYPING_MS);
    setTimeout(() => (own.get(userId) ?? 0) <= Date.now() && own.delete(userId), TYPING_MS + 50);
  });

  return { summaries, groups, typing, list, unread, lastActivityOf, titleOf, personIn, load, refresh };
});
