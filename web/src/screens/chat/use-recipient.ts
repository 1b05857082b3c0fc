import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import type { ConversationSummary } from '../../../../sdk/index.js';
import { lookOf } from '../../components/person-look.js';
import { useConversations } from '../../stores/conversations.store.js';
import { usePeople } from '../../stores/people.store.js';

/** Who is behind a conversation, as every part of the chat shows it. */
export function useRecipient(summary: () => ConversationSummary) {
  const { t } = useI18n();
  const [conversations, people] = [useConversations(), usePeople()];
  const isGroup = computed(() => summary().kind === 'group');
  const friend = computed(() => people.friends.get(summary().peerUserId ?? ''));
  const group = computed(() => conversations.groups.get(summary().conversationId));
  const title = computed(
    () => conversations.titleOf(summary()) || t(isGroup.value ? 'chat.unnamedGroup' : 'chat.unknownFriend'),
  );
  const look = computed(() => {
    const { conversationId, peerUserId } = summary();
    return peerUserId === undefined ? lookOf(conversationId) : lookOf(peerUserId, friend.value?.avatarColour ?? 'grey');
  });
  /** What it is, beside the name. */
  const kind = computed(() => {
    if (!isGroup.value) return t('chat.friendKind', { username: friend.value?.username ?? '' });
    const count = group.value?.members.length ?? 0;
    return t('chat.groupKind', { count }, count);
  });
  /** Friends in it of whom nobody has decided whether the new key is theirs: nothing can be sent. */
  const undecided = computed(() => {
    const ids = group.value?.members.map(({ userId }) => userId) ?? [summary().peerUserId];
    return people.undecided.find(({ userId }) => ids.includes(userId));
  });
  return { isGroup, friend, group, title, look, kind, undecided };
}
