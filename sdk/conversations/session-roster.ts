import { encodeBase64Url } from '../crypto/base64url.js';
import type { GroupRoster } from '../crypto/crypto-engine.port.js';
import { CryptoError } from '../crypto/crypto-error.js';
import type { AccountRecord, SessionMember, SessionRecord } from '../store/records.js';

/** A session that has a state to encrypt and decrypt with. */
export type UsableSession = SessionRecord & { readonly state: string };

export const isUsable = (session: SessionRecord | undefined): session is UsableSession => session?.state !== undefined;

export const isWithin = (few: readonly string[], many: readonly string[]): boolean =>
  few.every((one) => many.includes(one));

export const isSameSet = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && isWithin(left, right);

/** Devices of people who have left, and are still in the tree: nothing may be sent before a commit removes them. */
export function departedFrom({ members, roster = [] }: SessionRecord): readonly SessionMember[] {
  return members.filter(({ userId }) => !roster.includes(userId));
}

/** Whether a group with this session may need care. */
export function isUnsettled(session: SessionRecord): boolean {
  const { epoch, broken, needsName } = session;
  return epoch === 0 || broken === true || needsName === true || departedFrom(session).length > 0;
}

/** Whether these are the devices and keys in the tree, and nobody else's. */
export function hasExactly({ members }: Pick<SessionRecord, 'members'>, devices: readonly SessionMember[]): boolean {
  const isThere = ({ userId, deviceId, identityKey }: SessionMember): boolean =>
    members.some((one) => one.userId === userId && one.deviceId === deviceId && one.identityKey === identityKey);
  return members.length === devices.length && devices.every(isThere);
}

/** A conversation's MLS groups are named after it and the epoch that each was begun with. */
export const groupIdOf = (conversationId: string, resetEpoch: number): Uint8Array =>
  new TextEncoder().encode(`${conversationId}:${resetEpoch}`);

/** @throws CryptoError BAD_MESSAGE when the group is not one of this conversation. */
export function resetEpochOf(groupId: Uint8Array, conversationId: string): number {
  const [, epoch = ''] = new TextDecoder().decode(groupId).split(`${conversationId}:`);
  if (encodeBase64Url(groupId) === encodeBase64Url(groupIdOf(conversationId, Number(epoch)))) return Number(epoch);
  throw new CryptoError('BAD_MESSAGE', 'the group is of another conversation');
}

/**
 * The others in the tree. @throws CryptoError UNTRUSTED_MEMBER unless the tree has one device of each of these users, this
 * device, and nobody else.
 */
export function othersIn(
  { members }: GroupRoster,
  account: AccountRecord,
  userIds: readonly string[],
): readonly SessionMember[] {
  const own = members.filter(({ userId }) => userId === account.userId);
  const others = members.filter(({ userId }) => userId !== account.userId);
  const isOwnDevice = own.length === 1 && own[0]?.deviceId === account.deviceId;
  const present = others.map(({ userId }) => userId);
  if (!isOwnDevice || !isSameSet(present, userIds) || !isSameSet(userIds, present)) {
    throw new CryptoError('UNTRUSTED_MEMBER', 'the group does not have exactly the members of this conversation');
  }
  return others.map(({ userId, deviceId, identityKey }) => ({ userId, deviceId, identityKey }));
}

/** Before the first handshake that this device could follow. */
export function unfollowable(conversationId: string, account: AccountRecord, epoch: number): SessionRecord {
  const { deviceId: ownDeviceId, identityKey: ownIdentityKey } = account;
  const own = { ownDeviceId, ownIdentityKey, members: [] };
  return { conversationId, epoch, ...own, resetEpoch: 0, peerResetEpoch: 0, doneThrough: 0 };
}

/** At this epoch, with nothing to encrypt or decrypt with. */
export function without(session: SessionRecord, epoch: number): SessionRecord {
  const { state: _, ...rest } = session;
  return { ...rest, members: [], epoch };
}

/** As {@link without}, after handshakes that nobody has shown: who was let in meanwhile is not known either. */
export function lost(session: SessionRecord, epoch: number): SessionRecord {
  const { roster: _, ...rest } = without(session, epoch);
  return rest;
}
