import type { ErrorCode } from '../../protocol/errors.js';
import type { ServerEventName, ServerEvents } from '../../protocol/events.js';
import type { ClosingAction } from '../../protocol/payloads/connection.payloads.js';

/**
 * Pushes events to the connections of a user, on whatever node they are. At most once and only to who is connected: a push is
 * a hint, the stores are the truth. The pushes of one caller to one user arrive in the order of the calls, or not at all.
 */
export abstract class Delivery {
  abstract toUser<E extends ServerEventName>(userId: string, event: E, payload: ServerEvents[E]): void;
  /** Tells the connections of one session why and closes them, on every node within 5 seconds. */
  abstract closeSession(sessionId: string, code: ErrorCode, action: ClosingAction): void;
  abstract closeUser(userId: string, code: ErrorCode, action: ClosingAction): void;
}
