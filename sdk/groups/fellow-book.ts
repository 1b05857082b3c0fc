import type { GroupMemberView } from '../../src/protocol/payloads/group.payloads.js';
import { verifyDeviceCertificate } from '../crypto/identity.js';
import { isProven, type KeyHistorySource } from '../friends/contact-book.js';
import type { FellowRecord } from '../store/records.js';
import { type ClientStore, KINDS } from '../store/client-store.js';

/** Gets the key history of a member by the group that both are in. */
export type FellowHistorySource = (groupId: string) => KeyHistorySource;

/**
 * Members of groups with their pinned keys. A user id is the hash of the first identity key, so a history proves a key
 * without anybody's word; there is nobody here to compare a safety number with, so a later key is taken when its history goes
 * on from the pinned one. One that does not is refused for good. For a friend, the contact's pin counts instead.
 */
export class FellowBook {
  constructor(
    private readonly store: ClientStore,
    private readonly historyOf: FellowHistorySource,
  ) {}

  find(userId: string): Promise<FellowRecord | undefined> {
    return this.store.find(KINDS.fellow, userId);
  }

  /** Takes what the server shows of a member. Throws only when the key history cannot be fetched now. */
  observe(member: GroupMemberView, groupId: string): Promise<FellowRecord> {
    return this.store.exclusive(`fellow/${member.userId}`, async () => {
      const known = await this.find(member.userId);
      const next = await this.judged(member, known, groupId);
      if (JSON.stringify(known) !== JSON.stringify(next)) await this.store.commit(this.store.put(KINDS.fellow, next));
      return next;
    });
  }

  /** Forgets who is in no group with this account any more. */
  async keepOnly(userIds: ReadonlySet<string>): Promise<void> {
    const gone = (await this.store.list(KINDS.fellow)).filter(({ userId }) => !userIds.has(userId));
    await this.store.commit(...gone.map(({ userId }) => this.store.delete(KINDS.fellow, userId)));
  }

  private async judged(
    member: GroupMemberView,
    known: FellowRecord | undefined,
    groupId: string,
  ): Promise<FellowRecord> {
    const { userId, identityKey, keyVersion, device } = member;
    const { deviceId } = device;
    const certified = verifyDeviceCertificate({ userId, ...device }, identityKey);
    const isPinned = known !== undefined && known.identityKey !== '';
    if (isPinned && known.identityKey === identityKey) {
      // A device that the pinned key does not vouch for is not believed; the one before stays.
      return { ...known, trust: 'pinned', deviceId: certified ? deviceId : known.deviceId };
    }
    const history = await this.historyOf(groupId)(userId);
    const proven = certified && isProven(member, history);
    const follows = !isPinned || history[known.keyVersion - 1]?.identityKey === known.identityKey;
    if (proven && follows) return { userId, identityKey, keyVersion, trust: 'pinned', deviceId };
    const before = isPinned ? known : { userId, identityKey: '', keyVersion: 0, deviceId };
    return { ...before, trust: 'compromised' };
  }
}
