import { computed, ref, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import type { GroupMember } from '../../../../sdk/index.js';
import { useConversations } from '../../stores/conversations.store.js';
import { useNotices } from '../../stores/notices.store.js';
import { usePeople } from '../../stores/people.store.js';
import { useSession } from '../../stores/session.store.js';
import { useFailure } from '../../use-failure.js';
import { useGroupChanges } from './use-group-changes.js';

export type GroupDialog =
  | { readonly kind: 'add' | 'rename' | 'leave' | 'dissolve' }
  | { readonly kind: 'remove'; readonly member: GroupMember };

/** What can be done with a group, each after its dialog. */
export function useGroupScreen(groupId: () => string) {
  const { t } = useI18n();
  const [session, people, conversations, notices] = [useSession(), usePeople(), useConversations(), useNotices()];
  const { attempt } = useFailure();
  const { isBusy, change } = useGroupChanges(groupId);
  const group = computed(() => conversations.groups.get(groupId()));
  const title = computed(() => group.value?.name || t('groups.nameless'));
  const dialog = ref<GroupDialog>();
  watch(groupId, () => (dialog.value = undefined));

  const groups = () => session.host().api.groups;

  async function finish(said: string, action: Parameters<typeof change>[0]): Promise<boolean> {
    if (!(await change(action))) return false;
    dialog.value = undefined;
    notices.show('success', said);
    return true;
  }

  function add(userId: string): Promise<boolean> {
    const friend = people.friends.get(userId);
    const said = t('groups.add.done', { name: friend ? people.nameOf(friend) : '' });
    return finish(said, () => groups().add(groupId(), userId));
  }

  const rename = (name: string): Promise<boolean> =>
    finish(t('groups.rename.done', { name }), () => groups().rename(groupId(), name));

  async function ask({ username }: GroupMember): Promise<void> {
    await attempt(async () => {
      await session.host().api.friends.request(username);
      notices.show('success', t('groups.member.askedDone', { name: username }));
      await people.loadRequests();
    });
  }

  return { group, title, dialog, isBusy, finish, add, rename, ask };
}
