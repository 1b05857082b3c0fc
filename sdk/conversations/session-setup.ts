import type { EngineSource } from '../account/engine-source.js';
import { AshwireError } from '../ashwire-error.js';
import { CryptoError } from '../crypto/crypto-error.js';
import type { GroupCommitter } from '../groups/group-committer.js';
import type { MemberDirectory } from '../groups/member-directory.js';
import type { ConversationRecord, PendingSessionRecord, SessionMember, SessionRecord } from '../store/records.js';
import type { EventSender } from '../transport/socket-transport.js';
import type { Inbox } from './inbox.js';
import type { MessageLog } from './message-log.js';
import type { SessionKeeper } from './session-keeper.js';
import { departedFrom, hasExactly, isUsable, type UsableSession } from './session-roster.js';
import type { SessionSettlement } from './session-settlement.js';

export interface SetupServices {
  readonly log: MessageLog;
  readonly inbox: Inbox;
  readonly sessions: SessionKeeper;
  readonly settlement: SessionSettlement;
  readonly committer: GroupCommitter;
  readonly members: MemberDirectory;
  readonly engines: EngineSource;
  readonly sender: EventSender;
  /** What the conversation's handshakes have led to. */
  readonly onFollowed: (session: SessionRecord) => void;
}

const TRIES = 3;

/** Gives a conversation a session that the devices of all its people are in. Every method under the conversation's lock. */
export class SessionSetup {
  constructor(private readonly services: SetupServices) {}

  /**
   * All messages first, each with the session it was sealed in, then the handshakes that nobody has used yet. In the other
   * order a new group would replace the keys of messages that wait. The handshakes are those from before the messages: what
   * was sent under one of them is then read before the next.
   */
  async catchUp(conversationId: string): Promise<SessionRecord> {
    const { inbox, sessions, log, settlement, onFollowed } = this.services;
    const conversation = await log.getConversation(conversationId);
    const fetched = await sessions.fetch(conversation);
    await inbox.synchronise(conversationId);
    const session = await sessions.follow(conversation, Infinity, fetched);
    await settlement.afterReset(session);
    onFollowed(session);
    return session;
  }

  /** A session to send with now. Throws KEY_CHANGED and its like before anything is made. */
  async ensure(conversationId: string): Promise<UsableSession> {
    const { sessions, log, members } = this.services;
    await members.requireUsable(await log.getConversation(conversationId));
    const found = (await sessions.find(conversationId)) ?? (await this.catchUp(conversationId));
    const session = await this.withoutDeparted(found);
    const devices = await this.devices(session);
    return (await this.current(session, devices)) ?? this.reset(conversationId);
  }

  /** A session to commit on: this device is in it, though a device of somebody else may be another one by now. */
  async committable(conversationId: string): Promise<UsableSession> {
    return (await this.own(await this.catchUp(conversationId))) ?? this.reset(conversationId);
  }

  /** A new group for the same people, whatever was before. */
  async reset(conversationId: string, evenIfCurrent = false): Promise<UsableSession> {
    const { sessions } = this.services;
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const before = await this.catchUp(conversationId);
      const devices = await this.devices(before);
      const mustBeNew = evenIfCurrent && attempt === 1;
      const usable = mustBeNew ? undefined : await this.current(before, devices);
      if (usable) return usable;
      await this.submit(conversationId, before.epoch, devices);
      const made = await this.current(await this.catchUp(conversationId), devices);
      if (made) return made;
      if ((await sessions.find(conversationId))?.epoch === before.epoch) break;
    }
    throw new AshwireError('SESSION_UNAVAILABLE', { conversationId });
  }

  /** Who should be in the session, with what they have now. @throws AshwireError GROUP_EMPTY. */
  private async devices(session: SessionRecord): Promise<SessionMember[]> {
    const { log, members } = this.services;
    const conversation = await log.getConversation(session.conversationId);
    const { kind } = conversation;
    const userIds = kind === 'direct' ? conversation.members : (session.roster ?? conversation.members);
    if (userIds.length === 0) throw new AshwireError('GROUP_EMPTY');
    return members.devicesOf(conversation, userIds);
  }

  /** Before anything is sent, whoever has left is out of the tree too. */
  private async withoutDeparted(found: SessionRecord): Promise<SessionRecord> {
    const { log, committer } = this.services;
    const { conversationId } = found;
    let session = found;
    for (let attempt = 1; attempt <= TRIES && departedFrom(session).length > 0; attempt++) {
      const own = await this.own(session);
      if (!own) return session;
      await committer.submit(await log.getConversation(conversationId), own, {});
      session = await this.catchUp(conversationId);
    }
    return session;
  }

  /** The session, if this device, with the key that it has now, is in it. */
  private async own(session: SessionRecord): Promise<UsableSession | undefined> {
    const account = await this.services.engines.account();
    const isOurs = session.ownDeviceId === account.deviceId && session.ownIdentityKey === account.identityKey;
    return isOurs && isUsable(session) ? session : undefined;
  }

  /** The session, if it is one of the devices and keys that all have now. */
  private async current(session: SessionRecord, devices: readonly SessionMember[]): Promise<UsableSession | undefined> {
    return hasExactly(session, devices) ? this.own(session) : undefined;
  }

  /** Submits a new group on this epoch. Whoever was faster is followed afterwards; so is the own one, if it was accepted. */
  private async submit(conversationId: string, baseEpoch: number, devices: readonly SessionMember[]): Promise<void> {
    const { sessions, sender, log } = this.services;
    const conversation = await log.getConversation(conversationId);
    const stored = await sessions.findPending(conversationId);
    const fits = stored?.baseEpoch === baseEpoch && hasExactly(stored, devices);
    const pending = fits ? stored : await this.prepare(conversation, baseEpoch, devices, stored);
    const { welcome, sealedName, members } = pending;
    const welcomed = members.map(({ userId, deviceId }) => ({ userId, deviceId }));
    const named = sealedName === undefined ? {} : { sealedName };
    try {
      const request = { conversationId, baseEpoch, kind: 'reset', welcome, welcomed, ...named } as const;
      await sender.emit('handshake:submit', request);
    } catch (error) {
      // Not dropped: it may be our own, accepted at a try whose answer was lost. Following decides it.
      if (AshwireError.from(error).code !== 'EPOCH_STALE') throw error;
    }
  }

  /** With the key packages of a try that lost, where they still fit: there are few of them. */
  private async prepare(
    conversation: ConversationRecord,
    baseEpoch: number,
    devices: readonly SessionMember[],
    before: PendingSessionRecord | undefined,
  ): Promise<PendingSessionRecord> {
    const { members, sessions } = this.services;
    const { conversationId } = conversation;
    const kept = before && hasExactly(before, devices) ? before.keyPackages : undefined;
    const claim = ({ userId }: SessionMember) => members.claimKeyPackage(conversation, userId);
    const keyPackages = kept ?? (await Promise.all(devices.map(claim)));
    try {
      return await sessions.prepare(conversation, baseEpoch, keyPackages);
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      throw new AshwireError('SESSION_UNAVAILABLE', { conversationId, reason: error.code }, { cause: error });
    }
  }
}
