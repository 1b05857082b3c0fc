import type {
  FriendView,
  IncomingRequest,
  OutgoingRequest,
  PersonView,
} from '../../protocol/payloads/relation.payloads.js';
import type { Person } from '../user/index.js';
import type { PendingRequest } from './ports/friend-request.store.port.js';
import type { Friendship } from './relation.facade.js';

/* Field by field, so that nothing that is later added to a Person leaves the server unnoticed. */

export function friendView({ conversationId, since }: Friendship, person: Person): FriendView {
  const { deviceId, leafKey, createdAt, signature } = person.device;
  return {
    ...personView(person),
    identityKey: person.identityKey,
    keyVersion: person.keyVersion,
    device: { deviceId, leafKey, createdAt, signature },
    conversationId,
    since,
  };
}

export const personView = ({ userId, username, displayName, avatarColour }: Person): PersonView => ({
  userId,
  username,
  displayName,
  avatarColour,
});

export const incomingRequest = ({ requestId, createdAt }: PendingRequest, from: Person): IncomingRequest => ({
  requestId,
  from: personView(from),
  createdAt,
});

export const outgoingRequest = ({ requestId, username, createdAt }: PendingRequest): OutgoingRequest => ({
  requestId,
  username,
  createdAt,
});

export const otherOf = ({ userIds: [low, high] }: Friendship, userId: string): string => (userId === low ? high : low);

export const byUserId = (persons: readonly Person[]): ReadonlyMap<string, Person> =>
  new Map(persons.map((person) => [person.userId, person]));
