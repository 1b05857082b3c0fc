import type { ClaimedKeyPackage } from '../../src/protocol/payloads/user.payloads.js';
import { AshwireError } from '../ashwire-error.js';
import type { ConversationSync } from '../conversations/conversation-sync.js';
import type { MessageLog } from '../conversations/message-log.js';
import type { SessionKeeper } from '../conversations/session-keeper.js';
import { departedFrom } from '../conversations/session-roster.js';
import type { SessionSetup } from '../conversations/session-setup.js';
import { CryptoError } from '../crypto/crypto-error.js';
import type { ConversationRecord, SessionRecord } from '../store/records.js';
import type { ClientStore } from '../store/client-store.js';
import type { ServerClock } from '../time/server-clock.js';
import type { GroupBook } from './group-book.js';
import type { GroupChange, GroupCommitter } from './group-committer.js';
import type { MemberDirectory } from './member-directory.js';

/** What shall be true of a group. With nothing in it: who left is out of the tree, and everybody has the name. */
export interface WantedChange {
  /** A user id, as in `remove`. */
  readonly add?: string;
  readonly remove?: string;
  readonly name?: string;
}

export interface GroupCommitsServices {
  readonly store: ClientStore;
  readonly log: MessageLog;
  readonly sync: ConversationSync;
  readonly sessions: SessionKeeper;
  readonly setup: SessionSetup;
  readonly committer: GroupCommitter;
  readonly members: MemberDirectory;
  readonly groups: GroupBook;
  readonly clock: ServerClock;
  /** The group may be sent to again. */
  readonly onSettled: (conversationId: string) => void;
}

export interface Founding {
  readonly groupId: string;
  readonly name: string;
  /** Those whom the founder has asked for, and nobody else. */
  readonly others: readonly string[];
}

const TRIES = 10;
const PAUSE_MS = 60;

/** Makes a wanted change true, however many others change the group at the same time: who was too late does it again. */
export class GroupCommits {
  constructor(private readonly services: GroupCommitsServices) {}

  /** The first session of a group that this account has made. What fails now is done by itself later. */
  async found({ groupId, name, others }: Founding): Promise<void> {
    const { store, sync, sessions, log } = this.services;
    await store.exclusive(`conversation/${groupId}`, () => sessions.begin(groupId, others));
    await sync.learn(groupId);
    await log.change(groupId, (change) => change.update({ name }));
    try {
      await this.run(groupId, {});
    } catch (error) {
      if (!AshwireError.from(error).retryable) throw error;
    }
  }

  /** @throws AshwireError the server's refusals; SESSION_UNAVAILABLE when others were faster ten times. */
  async run(groupId: string, wanted: WantedChange): Promise<void> {
    const { store, onSettled } = this.services;
    const kept: { keyPackage?: ClaimedKeyPackage } = {};
    for (let attempt = 1; ; attempt++) {
      let wait = Math.random() * PAUSE_MS * attempt;
      try {
        if (await store.exclusive(`conversation/${groupId}`, () => this.attempt(groupId, wanted, kept))) break;
      } catch (error) {
        const refusal = AshwireError.from(error);
        if (!refusal.retryable || refusal.code === 'OFFLINE' || attempt === TRIES) throw error;
        wait += refusal.retryAfterMs;
      }
      if (attempt === TRIES) throw new AshwireError('SESSION_UNAVAILABLE', { conversationId: groupId });
      await this.pause(wait);
    }
    onSettled(groupId);
  }

  /** Whether it is true now. */
  private async attempt(
    groupId: string,
    wanted: WantedChange,
    kept: { keyPackage?: ClaimedKeyPackage },
  ): Promise<boolean> {
    const { log, setup, committer, members } = this.services;
    const session = await setup.committable(groupId);
    const conversation = await log.getConversation(groupId);
    if (await this.isTrue(session, conversation, wanted)) return true;
    try {
      const { add, ...rest } = wanted;
      if (add !== undefined && departedFrom(session).length === 0)
        kept.keyPackage ??= await members.claimKeyPackage(conversation, add);
      const change: GroupChange = kept.keyPackage ? { ...rest, add: kept.keyPackage } : rest;
      await committer.submit(conversation, session, change);
    } catch (error) {
      delete kept.keyPackage;
      if (error instanceof CryptoError) await setup.reset(groupId);
      else if (!(await this.wasDone(groupId, wanted))) throw error;
    }
    return this.wasDone(groupId, wanted);
  }

  private async wasDone(groupId: string, wanted: WantedChange): Promise<boolean> {
    const { log, setup } = this.services;
    return this.isTrue(await setup.catchUp(groupId), await log.getConversation(groupId), wanted);
  }

  private async isTrue(
    session: SessionRecord,
    { name: known }: ConversationRecord,
    { add, remove, name }: WantedChange,
  ): Promise<boolean> {
    const { roster, members, needsName } = session;
    if (departedFrom(session).length > 0) return false;
    if (add !== undefined) return roster?.includes(add) === true;
    if (remove !== undefined) return !members.some(({ userId }) => userId === remove);
    if (name !== undefined) return known === name;
    return !(needsName && known !== undefined && (await this.services.groups.isOwner(session.conversationId)));
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.services.clock.after(milliseconds, resolve));
  }
}
