import { ref } from 'vue';
import { AshwireError } from '../../../../sdk/ashwire-error.js';
import type { Group } from '../../../../sdk/index.js';
import { useConversations } from '../../stores/conversations.store.js';
import { useFailure } from '../../use-failure.js';
import { useGroupObstacles } from './group-obstacles.store.js';

/** One change of a group at a time. Each is told when it has failed. */
export function useGroupChanges(groupId: () => string) {
  const conversations = useConversations();
  const obstacles = useGroupObstacles();
  const { attempt } = useFailure();
  const isBusy = ref(false);

  /** Whether it is done. */
  async function change(action: () => Promise<Group | void>): Promise<boolean> {
    if (isBusy.value) return false;
    isBusy.value = true;
    const isDone = await attempt(async () => {
      const group = await action().catch((error: unknown) => {
        obstacles.notice(groupId(), AshwireError.from(error).code);
        throw error;
      });
      if (group) conversations.groups.set(group.groupId, group);
      return true;
    });
    isBusy.value = false;
    return isDone === true;
  }

  return { isBusy, change };
}
