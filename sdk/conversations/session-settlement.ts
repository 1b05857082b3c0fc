import { randomId } from '../account/device-keys.js';
import type { MessageRecord, SessionRecord } from '../store/records.js';
import type { ServerClock } from '../time/server-clock.js';
import { burned, isAlive } from './message-life.js';
import type { LogChange, MessageLog } from './message-log.js';
import { departedFrom, isUsable } from './session-roster.js';

/**
 * What becomes of own messages when the encryption was started anew by somebody who may not have read them. For the devices
 * that they were sealed for: sent again by themselves. For another device: never, since nobody gets a history that a person
 * did not send to them.
 */
export class SessionSettlement {
  constructor(
    private readonly log: MessageLog,
    private readonly clock: ServerClock,
  ) {}

  async afterReset(session: SessionRecord): Promise<void> {
    if (!isUsable(session) || departedFrom(session).length > 0) return;
    const { conversationId, resetEpoch, peerResetEpoch, members } = session;
    await this.log.change(conversationId, async (change) => {
      const isDirect = change.conversation.kind === 'direct';
      for (const message of await change.list()) {
        const { envelope } = message;
        if (message.direction !== 'out' || message.state !== 'accepted' || !envelope || !isAlive(message)) continue;
        // None in what an earlier version has stored.
        const { deviceIds = [] } = envelope;
        const isForAll = members.every(({ deviceId }) => deviceIds.includes(deviceId));
        if (isDirect && !isForAll && envelope.epoch < resetEpoch) this.give(change, message);
        else if (isForAll && envelope.epoch < peerResetEpoch) this.repeat(change, message, isDirect);
      }
    });
  }

  /** The text stays on this device until its time, for the person to send it again. */
  private give(change: LogChange, message: MessageRecord): void {
    const { envelope: _, ...rest } = message;
    change.save({ ...rest, state: 'failed', failure: { code: 'DEVICE_REPLACED' }, owedReceipts: ['burn'] });
  }

  private repeat(change: LogChange, message: MessageRecord, isDirect: boolean): void {
    const { id, conversationId, senderId, order, text, mentions, card, burnAfterReadSeconds, burnAt } = message;
    const queuedAt = message.queuedAt;
    const again = {
      ...{ id: randomId(), conversationId, senderId, order, queuedAt, burnAfterReadSeconds, replaces: id },
      ...(text === undefined ? {} : { text }),
      ...(mentions === undefined ? {} : { mentions }),
      ...(card === undefined ? {} : { card }),
    };
    change.save({ ...again, direction: 'out', state: 'queued', ...(burnAt === undefined ? {} : { notAfter: burnAt }) });
    const failed = { ...message, state: 'failed', failure: { code: 'SESSION_RESET', replacedBy: again.id } } as const;
    const left = burned(failed, 'recalled', this.clock.now());
    // Burned at the server too, so that the two can never both arrive. In a group others may be reading the first one:
    // they pass the second over, since it names the first.
    change.save(isDirect ? { ...left, owedReceipts: ['burn'] } : left);
  }
}
