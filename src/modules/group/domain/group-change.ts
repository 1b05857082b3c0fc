import { DomainError } from '../../../shared/domain-error.js';
import type { GroupChange } from '../group.facade.js';

/** Who may do this to the group as it is. To a stranger the group does not exist. */
export function checkChange(group: { ownerId: string; members: readonly string[] }, change: GroupChange): void {
  const { actorId, add, remove } = change;
  if (!group.members.includes(actorId)) throw new DomainError('NOT_FOUND');
  if (remove.includes(actorId)) throw new DomainError('NOT_YOURSELF');
  if (remove.length > 0 && group.ownerId !== actorId) throw new DomainError('GROUP_OWNER_ONLY');
  if (remove.some((userId) => !group.members.includes(userId))) throw new DomainError('NOT_FOUND');
  if (add.some((userId) => group.members.includes(userId))) throw new DomainError('ALREADY_MEMBER');
}
