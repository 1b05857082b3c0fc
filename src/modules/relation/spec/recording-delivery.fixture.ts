import { Delivery } from '../../../platform/delivery/delivery.port.js';
import type { ServerEventName, ServerEvents } from '../../../protocol/events.js';

export interface Push {
  readonly userId: string;
  readonly event: ServerEventName;
  readonly payload: ServerEvents[ServerEventName];
}

/** Everyone is connected, and what they were told can be looked up. */
export class RecordingDelivery extends Delivery {
  pushes: Push[] = [];

  toUser<E extends ServerEventName>(userId: string, event: E, payload: ServerEvents[E]): void {
    this.pushes.push({ userId, event, payload });
  }

  closeSession(): void {
    throw new Error('relations close no session');
  }

  closeUser(): void {
    throw new Error('relations close no user');
  }

  /** What a user was told of one kind, oldest first. */
  told<E extends ServerEventName>(userId: string, event: E): ServerEvents[E][] {
    const own = this.pushes.filter((push) => push.userId === userId && push.event === event);
    return own.map((push) => push.payload as ServerEvents[E]);
  }
}
