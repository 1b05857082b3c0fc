import type { HandshakeView } from '../../src/protocol/payloads/chat.payloads.js';
import type { EngineSource } from '../account/engine-source.js';
import { AshwireError } from '../ashwire-error.js';
import { decodeBase64Url, encodeBase64Url } from '../crypto/base64url.js';
import type { DecryptedMessage } from '../crypto/crypto-engine.port.js';
import { CryptoError } from '../crypto/crypto-error.js';
import type { AccountRecord, PendingSessionRecord, SessionRecord } from '../store/records.js';
import { type ClientStore, KINDS } from '../store/client-store.js';
import type { StorageChange } from '../storage/client-storage.port.js';
import type { EventSender } from '../transport/socket-transport.js';

/** A session that has a state to encrypt and decrypt with. */
export type UsableSession = SessionRecord & { readonly state: string };

/** What this class needs to know of people, beyond what the engine's policy proves. */
export interface SessionPeers {
  /** Called when a member's key is not the pinned one. Throws KEY_CHANGED or KEY_COMPROMISED when that is news of the server's. */
  recheck(peerUserId: string): Promise<void>;
  /** A one-time key package was used up. */
  keyPackageUsed(): void;
}

const groupIdOf = (conversationId: string, epoch: number): Uint8Array =>
  new TextEncoder().encode(`${conversationId}:${epoch}`);

/**
 * The MLS group of a conversation against the server's handshakes. Every method is called under the conversation's lock and
 * reads the state anew from storage, since another tab may have moved it on.
 */
export class SessionKeeper {
  constructor(
    private readonly store: ClientStore,
    private readonly engines: EngineSource,
    private readonly sender: EventSender,
    private readonly peers: SessionPeers,
  ) {}

  find(conversationId: string): Promise<SessionRecord | undefined> {
    return this.store.find(KINDS.session, conversationId);
  }

  findPending(conversationId: string): Promise<PendingSessionRecord | undefined> {
    return this.store.find(KINDS.pendingSession, conversationId);
  }

  /** Applies the handshakes up to `epoch` (all there are without it), in order, each stored before the next. */
  async follow(conversationId: string, peerUserId: string, upTo = Infinity): Promise<SessionRecord> {
    const account = await this.engines.account();
    let session = (await this.find(conversationId)) ?? unfollowable(conversationId, account, 0);
    if (session.epoch >= upTo) return session;
    const listed = await this.sender.emit('handshake:list', { conversationId, afterEpoch: session.epoch });
    // The server has lost handshakes that it once confirmed: this group can never be agreed on again.
    if (listed.epoch < session.epoch)
      return this.keep({ ...unfollowable(conversationId, account, listed.epoch), doneThrough: 0 });
    const target = Math.min(upTo, listed.epoch);
    const handshakes = [...listed.handshakes].sort((left, right) => left.epoch - right.epoch);
    for (const handshake of handshakes) {
      if (handshake.epoch <= session.epoch || handshake.epoch > target) continue;
      session = await this.apply(session, handshake, peerUserId);
    }
    if (session.epoch < target) session = await this.keep(without(session, target));
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

  /** Makes a group with the peer's device and stores it as pending, before anyone hears of it. */
  async prepare(
    conversationId: string,
    baseEpoch: number,
    peer: { readonly userId: string; readonly deviceId: string; readonly keyPackage: string },
  ): Promise<PendingSessionRecord> {
    const engine = await this.engines.get();
    const account = await this.engines.account();
    const groupId = groupIdOf(conversationId, baseEpoch + 1);
    const expected = [account.userId, peer.userId];
    const { state, welcome } = await engine.createGroup(groupId, [decodeCiphertext(peer.keyPackage)], expected);
    const found = await this.peerIn(state, account, peer.userId, groupId);
    if (found.deviceId !== peer.deviceId)
      throw new CryptoError('BAD_KEY_PACKAGE', 'the key package is of another device');
    const pending: PendingSessionRecord = {
      conversationId,
      baseEpoch,
      state: encodeBase64Url(state),
      welcome: encodeBase64Url(welcome),
      peerDeviceId: found.deviceId,
      peerIdentityKey: found.identityKey,
    };
    await this.store.commit(this.store.put(KINDS.pendingSession, pending));
    return pending;
  }

  async dropPending(conversationId: string): Promise<void> {
    await this.store.commit(this.store.delete(KINDS.pendingSession, conversationId));
  }

  private async apply(session: SessionRecord, handshake: HandshakeView, peerUserId: string): Promise<SessionRecord> {
    if (handshake.kind === 'commit') return this.applyCommit(session, handshake, peerUserId);
    const account = await this.engines.account();
    const isOurs = handshake.senderId === account.userId;
    const { epoch } = handshake;
    const marks = { resetEpoch: epoch, peerResetEpoch: isOurs ? session.peerResetEpoch : epoch };
    const { conversationId } = session;
    const next = {
      ...without(session, epoch),
      ...marks,
      ownDeviceId: account.deviceId,
      ownIdentityKey: account.identityKey,
    };
    const pending = await this.findPending(conversationId);
    const drop = this.store.delete(KINDS.pendingSession, conversationId);
    if (isOurs && handshake.senderDeviceId === account.deviceId && pending?.baseEpoch === epoch - 1) {
      const { state, peerDeviceId, peerIdentityKey } = pending;
      return this.keep({ ...next, state, peerDeviceId, peerIdentityKey }, drop);
    }
    const joined = handshake.welcome === undefined ? undefined : await this.join(next, handshake.welcome, peerUserId);
    return joined ?? this.keep(next, drop);
  }

  /** Undefined when the welcome is not one that this device can or may follow. */
  private async join(next: SessionRecord, welcome: string, peerUserId: string): Promise<SessionRecord | undefined> {
    const { conversationId, epoch } = next;
    const engine = await this.engines.get();
    const account = await this.engines.account();
    try {
      const stored = await this.store.list(KINDS.keyPackage);
      const packages = stored.map(({ privatePackage }) => decodeBase64Url(privatePackage));
      const joined = await engine.join(decodeCiphertext(welcome), packages, [account.userId, peerUserId]);
      const peer = await this.peerIn(joined.state, account, peerUserId, groupIdOf(conversationId, epoch));
      const session = {
        ...next,
        state: encodeBase64Url(joined.state),
        peerDeviceId: peer.deviceId,
        peerIdentityKey: peer.identityKey,
      };
      const used = joined.usedLastResort ? [] : [this.store.delete(KINDS.keyPackage, joined.usedKeyPackageReference)];
      await this.keep(session, this.store.delete(KINDS.pendingSession, conversationId), ...used);
      if (used.length > 0) this.peers.keyPackageUsed();
      return session;
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      if (error.code === 'UNTRUSTED_MEMBER') await this.peers.recheck(peerUserId);
      return undefined;
    }
  }

  private async applyCommit(
    session: SessionRecord,
    handshake: HandshakeView,
    peerUserId: string,
  ): Promise<SessionRecord> {
    const { epoch, commit } = handshake;
    if (session.state === undefined || commit === undefined || session.epoch !== epoch - 1) {
      return this.keep(without(session, epoch));
    }
    const engine = await this.engines.get();
    const account = await this.engines.account();
    try {
      const expected = [account.userId, peerUserId];
      const applied = await engine.applyCommit(decodeBase64Url(session.state), decodeCiphertext(commit), expected);
      if (applied.removed) return await this.keep(without(session, epoch));
      const groupId = groupIdOf(session.conversationId, session.resetEpoch);
      const peer = await this.peerIn(applied.state, account, peerUserId, groupId);
      const state = encodeBase64Url(applied.state);
      return await this.keep({
        ...session,
        epoch,
        state,
        peerDeviceId: peer.deviceId,
        peerIdentityKey: peer.identityKey,
      });
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      return this.keep(without(session, epoch));
    }
  }

  /** The one other member. @throws CryptoError when the group is not exactly the two devices of this conversation and epoch. */
  private async peerIn(state: Uint8Array, account: AccountRecord, peerUserId: string, groupId: Uint8Array) {
    const engine = await this.engines.get();
    const roster = await engine.roster(state);
    if (encodeBase64Url(roster.groupId) !== encodeBase64Url(groupId)) {
      throw new CryptoError('BAD_MESSAGE', 'the group is of another conversation or epoch');
    }
    const own = roster.members.filter(({ userId }) => userId === account.userId);
    const [peer, ...others] = roster.members.filter(({ userId }) => userId !== account.userId);
    if (own.length !== 1 || own[0]?.deviceId !== account.deviceId || peer?.userId !== peerUserId || others.length > 0) {
      throw new CryptoError('UNTRUSTED_MEMBER', 'the group does not have exactly the two members of this conversation');
    }
    return peer;
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

export const isUsable = (session: SessionRecord | undefined): session is UsableSession => session?.state !== undefined;

function unfollowable(conversationId: string, account: AccountRecord, epoch: number): SessionRecord {
  const { deviceId: ownDeviceId, identityKey: ownIdentityKey } = account;
  const peer = { peerDeviceId: '', peerIdentityKey: '' };
  return {
    conversationId,
    epoch,
    ownDeviceId,
    ownIdentityKey,
    ...peer,
    resetEpoch: 0,
    peerResetEpoch: 0,
    doneThrough: 0,
  };
}

function without(session: SessionRecord, epoch: number): SessionRecord {
  const { state: _, ...rest } = session;
  return { ...rest, epoch };
}

function decodeCiphertext(text: string): Uint8Array {
  try {
    return decodeBase64Url(text);
  } catch (error) {
    throw new CryptoError('BAD_MESSAGE', 'this is not base64url', { cause: error });
  }
}
