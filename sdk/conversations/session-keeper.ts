import type { HandshakeListResult, HandshakeView } from '../../src/protocol/payloads/chat.payloads.js';
import type { ClaimedKeyPackage } from '../../src/protocol/payloads/user.payloads.js';
import type { EngineSource } from '../account/engine-source.js';
import { AshwireError } from '../ashwire-error.js';
import { decodeBase64Url, encodeBase64Url } from '../crypto/base64url.js';
import type { DecryptedMessage } from '../crypto/crypto-engine.port.js';
import { CryptoError } from '../crypto/crypto-error.js';
import { sealGroupName } from '../groups/group-name.js';
import type { ConversationRecord, PendingSessionRecord, SessionRecord } from '../store/records.js';
import { type ClientStore, KINDS } from '../store/client-store.js';
import type { StorageChange } from '../storage/client-storage.port.js';
import type { EventSender } from '../transport/socket-transport.js';
import { decodeCiphertext } from './ciphertext.js';
import type { HandshakeFollower } from './handshake-follower.js';
import { groupIdOf, lost, othersIn, unfollowable, type UsableSession } from './session-roster.js';

/** What this class needs of the rest of the client. */
export interface SessionPeople {
  /** Sees to it that these members are known, if that is possible. */
  know(conversation: ConversationRecord, userIds: readonly string[]): Promise<void>;
  /** The group has this name now. */
  named(conversationId: string, name: string): Promise<void>;
  /** This account was out of the group, and may be in it again. */
  wasOut(conversationId: string): Promise<void>;
  /** A one-time key package was used up. */
  keyPackageUsed(): void;
}

/**
 * The MLS group of a conversation against the server's handshakes. Every method is called under the conversation's lock and
 * reads the state anew from storage, since another tab may have moved it on.
 */
export class SessionKeeper {
  constructor(
    private readonly store: ClientStore,
    private readonly engines: EngineSource,
    private readonly sender: EventSender,
    private readonly follower: HandshakeFollower,
    private readonly people: SessionPeople,
  ) {}

  find(conversationId: string): Promise<SessionRecord | undefined> {
    return this.store.find(KINDS.session, conversationId);
  }

  findPending(conversationId: string): Promise<PendingSessionRecord | undefined> {
    return this.store.find(KINDS.pendingSession, conversationId);
  }

  /** A group that this device has founded: nobody else may be in it from the start. */
  async begin(conversationId: string, roster: readonly string[]): Promise<void> {
    const account = await this.engines.account();
    if (!(await this.find(conversationId))) await this.keep({ ...unfollowable(conversationId, account, 0), roster });
  }

  /** A person has looked at the members that the server names, and goes on with them. */
  async forgetRoster(conversationId: string): Promise<void> {
    const session = await this.find(conversationId);
    if (!session?.broken) return;
    await this.keep(lost(session, session.epoch));
  }

  /** The handshakes that this device has not followed. */
  async fetch({ conversationId }: ConversationRecord): Promise<HandshakeListResult> {
    const session = await this.find(conversationId);
    const afterEpoch = session?.epoch ?? 0;
    const listed = await this.sender.emit('handshake:list', { conversationId, afterEpoch });
    if (listed.epoch >= afterEpoch) return listed;
    // The server has lost handshakes that it once confirmed: this group can never be agreed on again.
    const account = await this.engines.account();
    await this.keep(unfollowable(conversationId, account, listed.epoch));
    return { epoch: listed.epoch, handshakes: [] };
  }

  /** Applies the handshakes up to `upTo`, in order, each stored before the next. `fetched`: by a `fetch` before. */
  async follow(
    conversation: ConversationRecord,
    upTo = Infinity,
    fetched?: HandshakeListResult,
  ): Promise<SessionRecord> {
    const { conversationId, kind } = conversation;
    const before = await this.find(conversationId);
    if (before && before.epoch >= upTo) return before;
    const { epoch, handshakes } = fetched ?? (await this.fetch(conversation));
    const account = await this.engines.account();
    let session = (await this.find(conversationId)) ?? unfollowable(conversationId, account, 0);
    const target = Math.min(upTo, epoch);
    for (const handshake of [...handshakes].sort((left, right) => left.epoch - right.epoch)) {
      if (handshake.epoch <= session.epoch || handshake.epoch > target) continue;
      if (kind === 'group') {
        if (isBorder(handshake, account.userId)) await this.people.wasOut(conversationId);
        await this.people.know(conversation, handshake.members);
      }
      const followed = await this.follower.follow(conversation, session, handshake);
      if (followed.name !== undefined) await this.people.named(conversationId, followed.name);
      session = await this.keep(followed.session, ...followed.writes);
      if (followed.usedKeyPackage) this.people.keyPackageUsed();
    }
    if (session.epoch < target) session = await this.keep(lost(session, target));
    if (session.epoch > session.doneThrough) session = await this.confirm(session);
    return session;
  }

  /** Seals a message; the caller stores `write` together with the envelope before it sends anything. */
  async encrypt(session: UsableSession, payload: Uint8Array, authenticatedData: Uint8Array) {
    const engine = await this.engines.get();
    const sealed = await engine.encrypt(decodeBase64Url(session.state), payload, authenticatedData);
    return { ciphertext: encodeBase64Url(sealed.message), write: this.advanced(session, sealed.state) };
  }

  /** Opens a message; the caller stores `write` together with what the message says. */
  async decrypt(
    session: UsableSession,
    ciphertext: string,
  ): Promise<DecryptedMessage & { readonly write: StorageChange }> {
    const engine = await this.engines.get();
    const opened = await engine.decrypt(decodeBase64Url(session.state), decodeCiphertext(ciphertext));
    return { ...opened, write: this.advanced(session, opened.state) };
  }

  /** Makes a group with these people's devices and stores it as pending, before anyone hears of it. */
  async prepare(
    { conversationId, kind, name }: ConversationRecord,
    baseEpoch: number,
    keyPackages: readonly ClaimedKeyPackage[],
  ): Promise<PendingSessionRecord> {
    const engine = await this.engines.get();
    const account = await this.engines.account();
    const epoch = baseEpoch + 1;
    const userIds = keyPackages.map(({ userId }) => userId);
    const packages = keyPackages.map(({ keyPackage }) => decodeCiphertext(keyPackage));
    const groupId = groupIdOf(conversationId, epoch);
    const { state, welcome } = await engine.createGroup(groupId, packages, [account.userId, ...userIds]);
    const members = othersIn(await engine.roster(state), account, userIds);
    const isOfDevice = ({ deviceId }: ClaimedKeyPackage): boolean => members.some((one) => one.deviceId === deviceId);
    if (!keyPackages.every(isOfDevice))
      throw new CryptoError('BAD_KEY_PACKAGE', 'the key package is of another device');
    const isNamed = kind === 'group' && name !== undefined;
    const pending: PendingSessionRecord = {
      ...{ conversationId, baseEpoch, members, keyPackages },
      state: encodeBase64Url(state),
      welcome: encodeBase64Url(welcome),
      ...(isNamed && { sealedName: await sealGroupName(engine, { state, conversationId, epoch }, name) }),
    };
    await this.store.commit(this.store.put(KINDS.pendingSession, pending));
    return pending;
  }

  /** Tells the server that it may delete what is applied here. Not worth failing for; the next connection tells it again. */
  private async confirm(session: SessionRecord): Promise<SessionRecord> {
    const { conversationId, epoch } = session;
    try {
      await this.sender.emit('handshake:done', { conversationId, epoch });
    } catch (error) {
      if (error instanceof AshwireError) return session;
      throw error;
    }
    return this.keep({ ...session, doneThrough: epoch });
  }

  private advanced(session: UsableSession, state: Uint8Array): StorageChange {
    return this.store.put(KINDS.session, { ...session, state: encodeBase64Url(state) });
  }

  private async keep(session: SessionRecord, ...more: readonly StorageChange[]): Promise<SessionRecord> {
    await this.store.commit(this.store.put(KINDS.session, session), ...more);
    return session;
  }
}

/** Whether the user was no member before it, or is none after it. */
const isBorder = ({ kind, welcome, members }: HandshakeView, userId: string): boolean =>
  !members.includes(userId) || (kind === 'commit' && welcome !== undefined);
