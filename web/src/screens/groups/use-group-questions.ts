import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import { useRouter } from 'vue-router';
import { useConversations } from '../../stores/conversations.store.js';
import { usePeople } from '../../stores/people.store.js';
import { useSession } from '../../stores/session.store.js';
import { heirOf } from './group-rules.js';
import type { useGroupScreen } from './use-group-screen.js';

/** Removing, leaving and dissolving cannot be taken back: a person is asked before. */
export function useGroupQuestions(groupId: () => string, screen: ReturnType<typeof useGroupScreen>) {
  const { group, title, dialog, finish } = screen;
  const { t } = useI18n();
  const router = useRouter();
  const [session, people, conversations] = [useSession(), usePeople(), useConversations()];
  const groups = () => session.host().api.groups;

  function leavingText(): string {
    if (!group.value?.isOwner) return t('groups.leave.explained');
    const heir = heirOf(group.value);
    return heir ? t('groups.leave.inherited', { name: people.nameOf(heir) }) : t('groups.leave.last');
  }

  const question = computed(() => {
    const asked = dialog.value;
    if (asked?.kind === 'remove') {
      const names = { name: people.nameOf(asked.member), group: title.value };
      const [heading, text] = [t('groups.remove.title', names), t('groups.remove.explained', names)];
      return { title: heading, text, action: t('groups.remove.action') };
    }
    if (asked?.kind !== 'leave' && asked?.kind !== 'dissolve') return undefined;
    const text = asked.kind === 'leave' ? leavingText() : t('groups.dissolve.explained');
    const heading = t(`groups.${asked.kind}.title`, { group: title.value });
    return { title: heading, text, action: t(`groups.${asked.kind}.action`) };
  });

  async function confirm(): Promise<void> {
    const asked = dialog.value;
    if (asked?.kind === 'remove') {
      const { userId } = asked.member;
      const said = t('groups.remove.done', { name: people.nameOf(asked.member) });
      await finish(said, () => groups().remove(groupId(), userId));
    } else if (asked?.kind === 'leave' || asked?.kind === 'dissolve') {
      const id = groupId();
      const said = t(`groups.${asked.kind}.done`, { group: title.value });
      const isLeaving = asked.kind === 'leave';
      if (!(await finish(said, () => (isLeaving ? groups().leave(id) : groups().dissolve(id))))) return;
      // The event that says so may come a moment later.
      conversations.groups.delete(id);
      await router.replace('/');
    }
  }

  return { question, confirm };
}
