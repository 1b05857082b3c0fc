import type { Delivery } from '../../platform/delivery/delivery.port.js';
import type { BurnedBatch } from './ports/message.store.port.js';

/** Tells both sides what has burned, so that their copies go too. */
export function announceBurned(delivery: Delivery, batches: readonly BurnedBatch[]): void {
  for (const { conversationId, incarnation, members, messages } of batches) {
    for (const userId of members) {
      delivery.toUser(userId, 'message:burned', { conversationId, incarnation, messages: [...messages] });
    }
  }
}
