import { Inject, Injectable, Logger } from '@nestjs/common';
import { Delivery } from '../../platform/delivery/delivery.port.js';
import { EventBus, type EventDefinition } from '../../platform/event-bus/event-bus.port.js';
import type { ClosingAction } from '../../protocol/payloads/connection.payloads.js';
import type { ServerEventName, ServerEvents } from '../../protocol/events.js';
import { AccountDirectory } from './account.directory.js';
import { SessionRevocations } from './ports/session-revocations.port.js';
import type { SessionEnd } from './ports/session.store.port.js';
import { PresenceSharingChanged, UserChanged, type UserChange } from './user.events.js';

/** Tells the world what has been committed. Nothing here can undo it, so a subscriber that fails does not fail the request. */
@Injectable()
export class UserAnnouncements {
  private readonly logger = new Logger(UserAnnouncements.name);

  constructor(
    @Inject(Delivery) private readonly delivery: Delivery,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(SessionRevocations) private readonly revocations: SessionRevocations,
    @Inject(AccountDirectory) private readonly accounts: AccountDirectory,
  ) {}

  async changed(userId: string, what: UserChange['what']): Promise<void> {
    this.accounts.changed(userId);
    await this.publish(UserChanged, { userId, what });
  }

  /** After `changed`. */
  async presenceSharingChanged(userId: string): Promise<void> {
    await this.publish(PresenceSharingChanged, { userId });
  }

  push<E extends ServerEventName>(userId: string, event: E, payload: ServerEvents[E]): void {
    this.delivery.toUser(userId, event, payload);
  }

  /** Refuses the access tokens of ended sessions from now on, before their sockets are closed: none can come back in between. */
  async ended(sessionIds: readonly string[], why: SessionEnd, action: ClosingAction): Promise<void> {
    await Promise.all(sessionIds.map((sessionId) => this.revocations.revoke(sessionId, why)));
    for (const sessionId of sessionIds) this.delivery.closeSession(sessionId, why, action);
  }

  private async publish<T extends object>(event: EventDefinition<T>, payload: T): Promise<void> {
    try {
      await this.bus.publish(event, payload);
    } catch (error) {
      this.logger.error({ event: event.name, ...payload, stack: error instanceof Error ? error.stack : error });
    }
  }
}
