import { defineStore } from 'pinia';
import { reactive } from 'vue';
import type { Message } from '../../../../sdk/index.js';
import { useSession } from '../../stores/session.store.js';

/**
 * `mismatch`: the server names other members than the encryption has.
 * `changing`: somebody has left, and is not out of the encryption yet.
 */
export type GroupObstacle = 'mismatch' | 'changing';

const OBSTACLES: Readonly<Record<string, GroupObstacle>> = { ROSTER_MISMATCH: 'mismatch', GROUP_CHANGING: 'changing' };
const THROUGH: readonly Message['state'][] = ['accepted', 'delivered', 'read'];

/** By group: why nothing is sent there now. */
export const useGroupObstacles = defineStore('group-obstacles', () => {
  const session = useSession();
  const obstacles = reactive(new Map<string, GroupObstacle>());

  function notice(groupId: unknown, code: string): void {
    const obstacle = OBSTACLES[code];
    if (obstacle && typeof groupId === 'string') obstacles.set(groupId, obstacle);
  }

  const clear = (groupId: string): unknown => obstacles.delete(groupId);

  session.on('error', ({ code, details }) => notice(details['conversationId'], code));
  session.on('message', ({ conversationId, state }) => THROUGH.includes(state) && clear(conversationId));
  session.on('message-state', ({ conversationId, direction, state }) => {
    if (direction === 'out' && state === 'accepted') clear(conversationId);
  });
  session.on('conversation-removed', ({ conversationId }) => clear(conversationId));
  session.on('host', ({ kind }) => {
    if (kind !== 'open') obstacles.clear();
  });

  return { obstacles, notice, clear };
});
