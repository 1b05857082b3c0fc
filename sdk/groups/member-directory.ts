import type { ClaimedKeyPackage } from '../../src/protocol/payloads/user.payloads.js';
import type { SessionTokens } from '../account/session-tokens.js';
import { AshwireError } from '../ashwire-error.js';
import type { MemberDevice, RosterPolicy } from '../crypto/crypto-engine.port.js';
import { userIdOf } from '../crypto/identity.js';
import { type ContactBook, requireUsable } from '../friends/contact-book.js';
import type { ConversationRecord, SessionMember } from '../store/records.js';
import { ROUTES } from '../transport/routes.js';
import { CLAIMED_KEY_PACKAGE } from '../transport/wire-shapes.js';
import type { FellowBook } from './fellow-book.js';

/** Who the people of a conversation are, friends and fellow members alike. For a friend, what the contact book says counts. */
export class MemberDirectory implements RosterPolicy {
  constructor(
    private readonly book: ContactBook,
    private readonly fellows: FellowBook,
    private readonly tokens: SessionTokens,
  ) {}

  async isTrusted(member: MemberDevice): Promise<boolean> {
    const { userId, identityKey } = member;
    if (await this.book.find(userId)) return this.book.isTrusted(member);
    const fellow = await this.fellows.find(userId);
    // Somebody who came and went while this device was away: a first key is proven by the user id itself.
    return fellow ? fellow.identityKey === identityKey : userIdOf(identityKey) === userId;
  }

  async isKnown(userId: string): Promise<boolean> {
    return (await this.book.find(userId)) !== undefined || (await this.fellows.find(userId)) !== undefined;
  }

  /** Whether anything may be sent to these people. @throws AshwireError KEY_CHANGED, KEY_COMPROMISED, NOT_FOUND. */
  async requireUsable({ kind, members }: Pick<ConversationRecord, 'kind' | 'members'>): Promise<void> {
    for (const userId of members) {
      if (kind === 'direct' || (await this.book.find(userId))) requireUsable(await this.book.find(userId));
      else if ((await this.fellows.find(userId))?.trust === 'compromised')
        throw new AshwireError('KEY_COMPROMISED', { userId });
    }
  }

  /**
   * The device and key that each of these people has now.
   * @throws AshwireError what `requireUsable` does; SESSION_UNAVAILABLE for a fellow member of whom nothing is known yet.
   */
  async devicesOf({ kind }: ConversationRecord, userIds: readonly string[]): Promise<SessionMember[]> {
    await this.requireUsable({ kind, members: userIds });
    return Promise.all(
      userIds.map(async (userId) => {
        const known = (await this.book.find(userId)) ?? (await this.fellows.find(userId));
        if (!known) throw new AshwireError('SESSION_UNAVAILABLE', { userId });
        return { userId, deviceId: known.deviceId, identityKey: known.identityKey };
      }),
    );
  }

  async claimKeyPackage({ conversationId }: ConversationRecord, userId: string): Promise<ClaimedKeyPackage> {
    const isFriend = (await this.book.find(userId)) !== undefined;
    const path = isFriend ? ROUTES.friendKeyPackage(userId) : ROUTES.memberKeyPackage(conversationId, userId);
    const claimed = await this.tokens.request<ClaimedKeyPackage>({ method: 'POST', path, shape: CLAIMED_KEY_PACKAGE });
    if (claimed.userId !== userId) throw new AshwireError('BAD_ANSWER');
    return claimed;
  }
}
