import type { ErrorCode } from '../../../protocol/errors.js';
import type { ServerEventName, ServerEvents } from '../../../protocol/events.js';
import type { ClosingAction } from '../../../protocol/payloads/connection.payloads.js';
import type { ConnectionRegistry } from '../../socket/connection-registry.js';
import { Delivery } from '../delivery.port.js';

/** All sockets are in this process. */
export class InProcessDelivery extends Delivery {
  constructor(private readonly connections: ConnectionRegistry) {
    super();
  }

  toUser<E extends ServerEventName>(userId: string, event: E, payload: ServerEvents[E]): void {
    for (const connection of this.connections.ofUser(userId)) connection.emit(event, payload);
  }

  closeSession(sessionId: string, code: ErrorCode, action: ClosingAction): void {
    for (const connection of [...this.connections.all()]) {
      if (connection.principal.sessionId === sessionId) connection.close(code, action);
    }
  }

  closeUser(userId: string, code: ErrorCode, action: ClosingAction): void {
    for (const connection of [...this.connections.ofUser(userId)]) connection.close(code, action);
  }
}
