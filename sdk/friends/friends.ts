import type {
  BlockList,
  CreatedInvitation,
  FriendList,
  FriendRequestList,
  FriendView,
  InvitationList,
  OutgoingRequest,
} from '../../src/protocol/payloads/relation.payloads.js';
import { AshwireError } from '../ashwire-error.js';
import type { EngineSource } from '../account/engine-source.js';
import { requireSameServer } from '../account/server-name.js';
import type { SessionTokens } from '../account/session-tokens.js';
import { compareSafetyQr, encodeSafetyQr, safetyNumberOf, type SafetyQrResult } from '../crypto/safety-number.js';
import { ROUTES } from '../transport/routes.js';
import { FRIEND, FRIENDS, INVITATION, INVITATIONS, REQUESTS } from '../transport/wire-shapes.js';
import { type Contact, contactOf } from './contact.js';
import type { ContactBook } from './contact-book.js';
import { keyFingerprint, readInvitation, writeInvitation } from './invitation-code.js';

/** What the rest of the client does when a friend comes, changes or goes. */
export interface FriendObserver {
  friendGone(userId: string, conversationId: string): Promise<void>;
  keyAccepted(userId: string): void;
}

export interface OpenInvitation {
  readonly invitationId: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface Invitation extends OpenInvitation {
  /** 128 bits, base64url. Enough to redeem, but it names nobody: prefer the link or the QR text. */
  readonly code: string;
  readonly link: string;
  readonly qrText: string;
}

/** The own identity and the friend's, as people compare them. */
export interface SafetyNumber {
  /** 60 digits in 12 groups, the same on both sides. */
  readonly digits: string;
  /** Show this to the friend. */
  readonly qrText: string;
  /** The friend's key that the number is of: with it `markVerified` and `acceptNewKey` take no other one. */
  readonly identityKey: string;
}

/** At most 20 friends. Errors: AshwireError with the server's codes, or KEY_CHANGED, KEY_COMPROMISED, INVITATION_…. */
export class Friends {
  constructor(
    private readonly book: ContactBook,
    private readonly tokens: SessionTokens,
    private readonly engines: EngineSource,
    private readonly server: string,
    private readonly observer: FriendObserver,
  ) {}

  /** From this device's own copy, offline too; `refresh` brings it up to date. */
  async list(): Promise<Contact[]> {
    return (await this.book.list()).map(contactOf);
  }

  /** Takes the friends as the server has them: new ones are pinned, who is gone goes with the conversation. */
  async refresh(): Promise<Contact[]> {
    const before = await this.book.list();
    const { friends } = await this.tokens.request<FriendList>({ method: 'GET', path: ROUTES.friends, shape: FRIENDS });
    for (const friend of friends) await this.book.observe(friend);
    const gone = before.filter(({ userId }) => friends.every((friend) => friend.userId !== userId));
    for (const { userId, conversationId } of gone) await this.observer.friendGone(userId, conversationId);
    return this.list();
  }

  requests(): Promise<FriendRequestList> {
    return this.tokens.request({ method: 'GET', path: ROUTES.friendRequests, shape: REQUESTS });
  }

  /** Asks for a friendship by exact username. The answer is the same whether or not the account exists. */
  request(username: string): Promise<OutgoingRequest> {
    return this.tokens.request({ method: 'POST', path: ROUTES.friendRequests, body: { username } });
  }

  async accept(requestId: string): Promise<Contact> {
    const path = ROUTES.acceptRequest(requestId);
    const friend = await this.tokens.request<FriendView>({ method: 'POST', path, shape: FRIEND });
    return contactOf(await this.book.observe(friend));
  }

  async decline(requestId: string): Promise<void> {
    await this.tokens.request({ method: 'POST', path: ROUTES.declineRequest(requestId) });
  }

  async cancel(requestId: string): Promise<void> {
    await this.tokens.request({ method: 'DELETE', path: ROUTES.friendRequest(requestId) });
  }

  /** Ends the friendship; the conversation and its messages go on both sides. */
  async remove(userId: string): Promise<void> {
    const { conversationId } = await this.book.get(userId);
    await this.tokens.request({ method: 'DELETE', path: ROUTES.friend(userId) });
    await this.observer.friendGone(userId, conversationId);
  }

  /** Ends the friendship, if there is one, and lets nothing of this user reach the account any more. */
  async block(userId: string): Promise<void> {
    const contact = await this.book.find(userId);
    await this.tokens.request({ method: 'POST', path: ROUTES.blocks, body: { userId } });
    if (contact) await this.observer.friendGone(userId, contact.conversationId);
  }

  async unblock(userId: string): Promise<void> {
    await this.tokens.request({ method: 'DELETE', path: ROUTES.block(userId) });
  }

  blocked(): Promise<BlockList> {
    return this.tokens.request({ method: 'GET', path: ROUTES.blocks });
  }

  /** One use, 24 hours. The link and the QR text also name this account and its key, so the other side can check both. */
  async createInvitation(): Promise<Invitation> {
    const { userId, identityKey } = await this.engines.account();
    const created = await this.tokens.request<CreatedInvitation>({
      method: 'POST',
      path: ROUTES.invitations,
      shape: INVITATION,
    });
    const { invitationId, code, expiresAt } = created;
    const inviter = { userId, fingerprint: keyFingerprint(identityKey) };
    return { invitationId, code, expiresAt, ...writeInvitation({ code, server: this.server, inviter }) };
  }

  /** Those that nobody has used yet. What makes one usable was shown once and is not kept anywhere. */
  async invitations(): Promise<readonly OpenInvitation[]> {
    return (await this.tokens.request<InvitationList>({ method: 'GET', path: ROUTES.invitations, shape: INVITATIONS }))
      .invitations;
  }

  async revokeInvitation(invitationId: string): Promise<void> {
    await this.tokens.request({ method: 'DELETE', path: ROUTES.invitation(invitationId) });
  }

  /** @throws AshwireError INVITATION_KEY_MISMATCH when the server answers with another person or key than the text names. */
  async redeemInvitation(textOrCode: string): Promise<Contact> {
    const { code, server, inviter } = readInvitation(textOrCode);
    if (server !== undefined) this.requireThisServer(server);
    const friend = await this.tokens.request<FriendView>({
      method: 'POST',
      path: ROUTES.redeemInvitation,
      body: { code },
      shape: FRIEND,
    });
    const contact = await this.book.observe(friend);
    const matches = friend.userId === inviter?.userId && keyFingerprint(friend.identityKey) === inviter.fingerprint;
    if (inviter && !matches) {
      await this.book.distrust(friend.userId);
      throw new AshwireError('INVITATION_KEY_MISMATCH', { userId: friend.userId });
    }
    return contactOf(contact);
  }

  async safetyNumber(userId: string): Promise<SafetyNumber> {
    const { own, peer } = await this.identities(userId);
    const { identityKey } = peer;
    return { digits: safetyNumberOf(own, peer), qrText: encodeSafetyQr(own, peer), identityKey };
  }

  /** Compares the text of the friend's QR code; a match marks the friend as verified, unless a new key waits to be accepted. */
  async scanSafetyQr(userId: string, scanned: string): Promise<SafetyQrResult> {
    const { own, peer, trust } = await this.identities(userId);
    const result = compareSafetyQr(scanned, own, peer);
    if (result === 'match' && trust !== 'changed') await this.markVerified(userId, peer.identityKey);
    return result;
  }

  /** `compared`: of the safety number that was looked at. @throws AshwireError KEY_CHANGED when the key is another one by now. */
  async markVerified(userId: string, compared?: string): Promise<Contact> {
    return contactOf(await this.book.markVerified(userId, compared));
  }

  /**
   * Pins the friend's new key after `key-changed`; sending works again. Compare the safety number first.
   * @throws AshwireError KEY_CHANGED when the key is not the `compared` one any more, KEY_COMPROMISED for one that nothing proves.
   */
  async acceptNewKey(userId: string, compared?: string): Promise<Contact> {
    const contact = await this.book.acceptNewKey(userId, compared);
    this.observer.keyAccepted(userId);
    return contactOf(contact);
  }

  /** While a new key waits to be accepted, the number is of the new one: that is what people compare. */
  private async identities(userId: string) {
    const { userId: ownId, identityKey: ownKey } = await this.engines.account();
    const contact = await this.book.get(userId);
    if (contact.trust === 'compromised') throw new AshwireError('KEY_COMPROMISED', { userId });
    const identityKey = contact.newKey?.identityKey ?? contact.identityKey;
    return { own: { userId: ownId, identityKey: ownKey }, peer: { userId, identityKey }, trust: contact.trust };
  }

  private requireThisServer(server: string): void {
    try {
      requireSameServer(server, this.server);
    } catch {
      throw new AshwireError('INVITATION_OTHER_SERVER', { server });
    }
  }
}
