import type { HandshakeView } from '../../src/protocol/payloads/chat.payloads.js';
import type { EngineSource } from '../account/engine-source.js';
import { AshwireError } from '../ashwire-error.js';
import { decodeBase64Url, encodeBase64Url } from '../crypto/base64url.js';
import { CryptoError } from '../crypto/crypto-error.js';
import { openGroupName } from '../groups/group-name.js';
import type { AccountRecord, ConversationRecord, SessionRecord } from '../store/records.js';
import { type ClientStore, KINDS } from '../store/client-store.js';
import type { StorageChange } from '../storage/client-storage.port.js';
import { decodeCiphertext } from './ciphertext.js';
import { groupIdOf, isSameSet, isUsable, isWithin, lost, othersIn, resetEpochOf, without } from './session-roster.js';

export interface FollowerServices {
  readonly store: ClientStore;
  readonly engines: EngineSource;
  /** A member's key is not the pinned one. Throws KEY_CHANGED or KEY_COMPROMISED when that is news of the server's. */
  recheck(conversation: ConversationRecord): Promise<void>;
  report(error: AshwireError): void;
}

/** What follows from one handshake; all of it is to be stored at once. */
export interface Followed {
  readonly session: SessionRecord;
  readonly writes: readonly StorageChange[];
  readonly name?: string;
  readonly usedKeyPackage?: boolean;
}

interface Step {
  readonly conversation: ConversationRecord;
  /** At the epoch before the handshake's. */
  readonly before: SessionRecord;
  readonly handshake: HandshakeView;
  /** The others who are members afterwards, as the server says. */
  readonly members: readonly string[];
  readonly account: AccountRecord;
}

/**
 * The rules by which a handshake makes the next session out of the one before. The tree decides who reads; the server's list
 * must agree with it, and only a commit that this device could check, or one that it missed, lets somebody new in.
 */
export class HandshakeFollower {
  constructor(private readonly services: FollowerServices) {}

  /** @throws AshwireError when it cannot be decided now: offline, or a key that is not accepted. */
  async follow(conversation: ConversationRecord, session: SessionRecord, handshake: HandshakeView): Promise<Followed> {
    const { store, engines } = this.services;
    const { conversationId, kind } = conversation;
    const { epoch } = handshake;
    const account = await engines.account();
    const before = session.epoch === epoch - 1 ? session : lost(session, epoch - 1);
    const named = kind === 'direct' ? [account.userId, ...conversation.members] : handshake.members;
    const members = named.filter((userId) => userId !== account.userId);
    const isMember = named.includes(account.userId);
    const step = { conversation, before, handshake, members, account };
    const followed = isMember ? await this.apply(step) : { session: lost(before, epoch), writes: [] };
    const settled = [KINDS.pendingSession, KINDS.pendingCommit].map((one) => store.delete(one, conversationId));
    const result = { ...followed, writes: [...followed.writes, ...settled] };
    return kind === 'direct' ? result : this.named(step, result);
  }

  private apply(step: Step): Promise<Followed> {
    const { before, members, handshake } = step;
    // Only a commit that can be checked may let somebody in, and who has missed it cannot tell.
    const isGhost = before.roster !== undefined && !isWithin(members, before.roster);
    if (handshake.kind === 'commit') return this.applyCommit(step, isGhost);
    if (isGhost) return Promise.resolve(this.refuse(step));
    if (handshake.kind === 'reset') return this.applyReset(step);
    return Promise.resolve({ session: { ...before, epoch: handshake.epoch, roster: members }, writes: [] });
  }

  private async applyReset(step: Step): Promise<Followed> {
    const { before, handshake, members, account } = step;
    const { epoch } = handshake;
    const isOurs = handshake.senderId === account.userId;
    const { conversationId, doneThrough } = before;
    const own = { ownDeviceId: account.deviceId, ownIdentityKey: account.identityKey };
    const marks = { resetEpoch: epoch, peerResetEpoch: isOurs ? before.peerResetEpoch : epoch };
    const next = { conversationId, epoch, ...own, members: [], roster: members, ...marks, doneThrough };
    const pending = await this.services.store.find(KINDS.pendingSession, conversationId);
    if (isOurs && handshake.senderDeviceId === account.deviceId && pending?.baseEpoch === epoch - 1) {
      const present = pending.members.map(({ userId }) => userId);
      if (!isSameSet(present, members)) return this.refuse(step);
      return { session: { ...next, state: pending.state, members: pending.members }, writes: [] };
    }
    return this.join(step, next);
  }

  /** By a welcome; without a state when it is not one that this device can or may follow. */
  private async join(step: Step, next: SessionRecord): Promise<Followed> {
    const { conversation, handshake, members, account } = step;
    const { welcome, epoch, kind } = handshake;
    const { conversationId } = conversation;
    if (welcome === undefined) return { session: next, writes: [] };
    const { store, engines } = this.services;
    const engine = await engines.get();
    const packages = (await store.list(KINDS.keyPackage)).map((stored) => decodeBase64Url(stored.privatePackage));
    try {
      return await this.trusting(conversation, async () => {
        const joined = await engine.join(decodeCiphertext(welcome), packages, [account.userId, ...members]);
        const resetEpoch = resetEpochOf(joined.groupId, conversationId);
        if (kind === 'reset' ? resetEpoch !== epoch : resetEpoch >= epoch)
          throw new CryptoError('BAD_MESSAGE', 'the group is of another epoch');
        const others = othersIn(await engine.roster(joined.state), account, members);
        const session = { ...next, resetEpoch, state: encodeBase64Url(joined.state), members: others };
        if (joined.usedLastResort) return { session, writes: [] };
        const used = store.delete(KINDS.keyPackage, joined.usedKeyPackageReference);
        return { session, writes: [used], usedKeyPackage: true };
      });
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      return { session: next, writes: [] };
    }
  }

  private async applyCommit(step: Step, isGrowing: boolean): Promise<Followed> {
    const { before, handshake, members, account } = step;
    const { commit, epoch } = handshake;
    if (!isUsable(before) || commit === undefined) {
      const own = { ownDeviceId: account.deviceId, ownIdentityKey: account.identityKey };
      if (handshake.welcome !== undefined)
        return this.join(step, { ...without(before, epoch), ...own, roster: members, broken: false });
      return { session: lost(before, epoch), writes: [] };
    }
    try {
      const state = await this.committed(step, before.state, commit);
      if (!state) return { session: lost(before, epoch), writes: [] };
      const engine = await this.services.engines.get();
      const roster = await engine.roster(state);
      if (encodeBase64Url(roster.groupId) !== encodeBase64Url(groupIdOf(before.conversationId, before.resetEpoch)))
        throw new CryptoError('BAD_MESSAGE', 'the group is of another conversation or epoch');
      const others = othersIn(roster, account, members);
      const session = { ...before, epoch, state: encodeBase64Url(state), members: others, roster: members };
      return { session, writes: [] };
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      if (isGrowing || error.code === 'UNTRUSTED_MEMBER') return this.refuse(step, isGrowing ? undefined : members);
      return { session: { ...without(before, epoch), roster: members, broken: true }, writes: [] };
    }
  }

  /** The state after a commit, our own or another's; undefined when it removes this device. */
  private async committed(step: Step, stateText: string, commit: string): Promise<Uint8Array | undefined> {
    const { conversation, handshake, members, account } = step;
    const { store, engines } = this.services;
    const engine = await engines.get();
    const state = decodeBase64Url(stateText);
    const pending = await store.find(KINDS.pendingCommit, conversation.conversationId);
    if (pending?.commit === commit && pending.baseEpoch === handshake.epoch - 1)
      return (await engine.confirmCommit(state, decodeBase64Url(pending.state))).state;
    const applied = await this.trusting(conversation, () =>
      engine.applyCommit(state, decodeCiphertext(commit), [account.userId, ...members]),
    );
    if (applied.committer.userId !== handshake.senderId)
      throw new CryptoError('BAD_MESSAGE', 'the commit is of another member than the server says');
    return applied.removed ? undefined : applied.state;
  }

  /** Tries once more after an untrusted key, with what the server then shows of the people. */
  private async trusting<T>(conversation: ConversationRecord, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof CryptoError) || error.code !== 'UNTRUSTED_MEMBER') throw error;
      await this.services.recheck(conversation);
      return action();
    }
  }

  /** List and tree disagree, or a stranger would come in: nothing is sent, and the members stay who they were. */
  private refuse({ before, handshake }: Step, roster = before.roster): Followed {
    const { conversationId } = before;
    this.services.report(new AshwireError('ROSTER_MISMATCH', { conversationId, epoch: handshake.epoch }));
    const session = { ...without(before, handshake.epoch), broken: true };
    return { session: roster === undefined ? session : { ...session, roster }, writes: [] };
  }

  private async named({ before, handshake, members }: Step, followed: Followed): Promise<Followed> {
    const { session } = followed;
    const { sealedName, kind, epoch } = handshake;
    const isGrowing = before.roster !== undefined && !isWithin(members, before.roster);
    const isAsked = kind === 'reset' || isGrowing || before.needsName === true;
    if (sealedName === undefined || !isUsable(session))
      return { ...followed, session: { ...session, needsName: isAsked } };
    const { conversationId } = session;
    try {
      const engine = await this.services.engines.get();
      const place = { state: decodeBase64Url(session.state), conversationId, epoch };
      const name = await openGroupName(engine, place, sealedName);
      return { ...followed, session: { ...session, needsName: false }, name };
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      const details = { conversationId, epoch, reason: 'name' };
      this.services.report(new AshwireError('UNREADABLE', details, { cause: error }));
      return { ...followed, session: { ...session, needsName: true } };
    }
  }
}
