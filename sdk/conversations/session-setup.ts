import type { ClaimedKeyPackage } from '../../src/protocol/payloads/user.payloads.js';
import type { EngineSource } from '../account/engine-source.js';
import type { SessionTokens } from '../account/session-tokens.js';
import { AshwireError } from '../ashwire-error.js';
import { randomId } from '../account/device-keys.js';
import { CryptoError } from '../crypto/crypto-error.js';
import { requireUsable } from '../friends/contact-book.js';
import type { ContactRecord, MessageRecord, SessionRecord } from '../store/records.js';
import type { ServerClock } from '../time/server-clock.js';
import type { EventSender } from '../transport/socket-transport.js';
import { ROUTES } from '../transport/routes.js';
import { CLAIMED_KEY_PACKAGE } from '../transport/wire-shapes.js';
import type { Inbox } from './inbox.js';
import { burned, isAlive } from './message-life.js';
import type { LogChange, MessageLog } from './message-log.js';
import { isUsable, type SessionKeeper, type UsableSession } from './session-keeper.js';

export interface SetupServices {
  readonly log: MessageLog;
  readonly inbox: Inbox;
  readonly sessions: SessionKeeper;
  readonly engines: EngineSource;
  readonly tokens: SessionTokens;
  readonly sender: EventSender;
  readonly clock: ServerClock;
  contact(userId: string): Promise<ContactRecord | undefined>;
}

const TRIES = 3;

/** Gives a conversation a session that both devices are in. Every method under the conversation's lock. */
export class SessionSetup {
  constructor(private readonly services: SetupServices) {}

  /**
   * All messages first, each with the session it was sealed in, then the handshakes that nobody has used yet. In the other
   * order a new group would replace the keys of messages that wait.
   */
  async catchUp(conversationId: string): Promise<SessionRecord> {
    const { inbox, sessions, log } = this.services;
    await inbox.synchronise(conversationId);
    const { peerUserId } = await log.getConversation(conversationId);
    const session = await sessions.follow(conversationId, peerUserId);
    await this.settleAfterReset(session);
    return session;
  }

  /** A session to send with now. Throws KEY_CHANGED and its like before anything is made. */
  async ensure(conversationId: string): Promise<UsableSession> {
    const { sessions, log } = this.services;
    const { peerUserId } = await log.getConversation(conversationId);
    const contact = await this.services.contact(peerUserId);
    requireUsable(contact);
    const session = (await sessions.find(conversationId)) ?? (await this.catchUp(conversationId));
    return (await this.current(session, contact)) ?? this.reset(conversationId);
  }

  /** A new group for the same two, whatever was before. */
  async reset(conversationId: string, evenIfCurrent = false): Promise<UsableSession> {
    const { sessions, log } = this.services;
    const { peerUserId } = await log.getConversation(conversationId);
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const contact = await this.services.contact(peerUserId);
      requireUsable(contact);
      const before = await this.catchUp(conversationId);
      const mustBeNew = evenIfCurrent && attempt === 1;
      const usable = mustBeNew ? undefined : await this.current(before, contact);
      if (usable) return usable;
      await this.submit(conversationId, before.epoch, contact);
      const made = await this.current(await this.catchUp(conversationId), contact);
      if (made) return made;
      if ((await sessions.find(conversationId))?.epoch === before.epoch) break;
    }
    throw new AshwireError('SESSION_UNAVAILABLE', { conversationId });
  }

  /** The session, if it is one of the devices and keys that both have now. */
  private async current(session: SessionRecord, contact: ContactRecord): Promise<UsableSession | undefined> {
    const account = await this.services.engines.account();
    const isOurs = session.ownDeviceId === account.deviceId && session.ownIdentityKey === account.identityKey;
    const isTheirs = session.peerDeviceId === contact.deviceId && session.peerIdentityKey === contact.identityKey;
    return isUsable(session) && isOurs && isTheirs ? session : undefined;
  }

  /** Submits a new group on this epoch. Whoever was faster is followed afterwards; so is the own one, if it was accepted. */
  private async submit(conversationId: string, baseEpoch: number, contact: ContactRecord): Promise<void> {
    const { sessions, sender } = this.services;
    const stored = await sessions.findPending(conversationId);
    const fits =
      stored?.baseEpoch === baseEpoch &&
      stored.peerDeviceId === contact.deviceId &&
      stored.peerIdentityKey === contact.identityKey;
    const pending = fits ? stored : await this.prepare(conversationId, baseEpoch, contact);
    const welcomes = [{ userId: contact.userId, deviceId: pending.peerDeviceId, message: pending.welcome }];
    try {
      await sender.emit('handshake:submit', { conversationId, baseEpoch, kind: 'reset', welcomes });
    } catch (error) {
      // Not dropped: it may be our own, accepted at a try whose answer was lost. Following decides it.
      if (AshwireError.from(error).code !== 'EPOCH_STALE') throw error;
    }
  }

  private async prepare(conversationId: string, baseEpoch: number, contact: ContactRecord) {
    const { tokens, sessions } = this.services;
    const { userId } = contact;
    const path = ROUTES.friendKeyPackage(userId);
    const claimed = await tokens.request<ClaimedKeyPackage>({ method: 'POST', path, shape: CLAIMED_KEY_PACKAGE });
    if (claimed.userId !== userId) throw new AshwireError('BAD_ANSWER');
    try {
      const { deviceId, keyPackage } = claimed;
      return await sessions.prepare(conversationId, baseEpoch, { userId, deviceId, keyPackage });
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      throw new AshwireError('SESSION_UNAVAILABLE', { conversationId, reason: error.code }, { cause: error });
    }
  }

  /**
   * Own messages that the other side has not got and, in the new group, cannot read any more. The same device: sent again by
   * themselves. Another device: never, since a new device gets no history that a person did not send to it.
   */
  private async settleAfterReset(session: SessionRecord): Promise<void> {
    const { conversationId, resetEpoch, peerResetEpoch, peerDeviceId } = session;
    await this.services.log.change(conversationId, async (change) => {
      for (const message of await change.list()) {
        const { envelope } = message;
        if (message.direction !== 'out' || message.state !== 'accepted' || !envelope || !isAlive(message)) continue;
        const isOtherDevice = isUsable(session) && envelope.peerDeviceId !== peerDeviceId;
        if (envelope.epoch < resetEpoch && isOtherDevice) this.give(change, message);
        else if (envelope.epoch < peerResetEpoch && isUsable(session)) this.repeat(change, message);
      }
    });
  }

  /** The text stays on this device until its time, for the person to send it again. */
  private give(change: LogChange, message: MessageRecord): void {
    const { envelope: _, ...rest } = message;
    change.save({ ...rest, state: 'failed', failure: { code: 'DEVICE_REPLACED' }, owedReceipts: ['burn'] });
  }

  private repeat(change: LogChange, message: MessageRecord): void {
    const { id, conversationId, senderId, order, text = '', burnAfterReadSeconds, burnAt } = message;
    const queuedAt = message.queuedAt;
    const again = {
      id: randomId(),
      conversationId,
      senderId,
      order,
      queuedAt,
      text,
      burnAfterReadSeconds,
      replaces: id,
    };
    change.save({ ...again, direction: 'out', state: 'queued', ...(burnAt === undefined ? {} : { notAfter: burnAt }) });
    const failed = { ...message, state: 'failed', failure: { code: 'SESSION_RESET', replacedBy: again.id } } as const;
    // Burned at the server too, so that the two can never both arrive.
    change.save({ ...burned(failed, 'recalled', this.services.clock.now()), owedReceipts: ['burn'] });
  }
}
