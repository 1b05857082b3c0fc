import type { GroupMemberView, GroupView } from '../../protocol/payloads/group.payloads.js';
import type { Person } from '../user/index.js';
import type { GroupRecord } from './ports/group.store.port.js';

/* Field by field, so that nothing that is later added to a Person leaves the server unnoticed. */

/** Without those whose account is gone. */
export const groupView = (
  { groupId, ownerId, createdAt, members }: GroupRecord,
  persons: ReadonlyMap<string, Person>,
): GroupView => ({
  groupId,
  ownerId,
  createdAt,
  members: members.flatMap(({ userId, joinedAt }) => {
    const person = persons.get(userId);
    return person ? [memberView(person, joinedAt)] : [];
  }),
});

function memberView(person: Person, joinedAt: number): GroupMemberView {
  const { userId, username, displayName, avatarColour, identityKey, keyVersion } = person;
  const { deviceId, leafKey, createdAt, signature } = person.device;
  const device = { deviceId, leafKey, createdAt, signature };
  return { userId, username, displayName, avatarColour, identityKey, keyVersion, device, joinedAt };
}
