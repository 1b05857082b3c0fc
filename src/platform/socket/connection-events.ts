import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../shared/clock.js';
import type { Connection } from './connection.js';
import { ConnectionRegistry } from './connection-registry.js';
import { EventDispatcher } from './event-dispatcher.js';

/** What a module may do when a connection comes or goes. */
export interface ConnectionObserver {
  opened(connection: Connection): Promise<void>;
  closed(connection: Connection): Promise<void>;
}

/** The life of a connection after the gate. */
@Injectable()
export class ConnectionEvents {
  private readonly observers: ConnectionObserver[] = [];
  private readonly logger = new Logger('Socket');

  constructor(
    @Inject(ConnectionRegistry) private readonly registry: ConnectionRegistry,
    @Inject(EventDispatcher) private readonly dispatcher: EventDispatcher,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  observe(observer: ConnectionObserver): void {
    this.observers.push(observer);
  }

  /** Registers the connection; beyond `most` of one user the oldest goes, which is the one a lost network left behind. */
  opened(connection: Connection, most: number): void {
    this.registry.add(connection);
    const own = this.registry.ofUser(connection.userId);
    const [oldest] = own;
    if (own.size > most) oldest?.close('TOO_MANY_CONNECTIONS', 'stop');
    const { userId, deviceId, sessionId } = connection.principal;
    connection.emit('connection:ready', { userId, deviceId, sessionId, serverTime: this.clock.now() });
    for (const observer of this.observers) observer.opened(connection).catch(this.report);
  }

  received(connection: Connection, emitted: unknown[]): void {
    this.dispatcher.dispatch(connection, emitted);
  }

  closed(connection: Connection): void {
    this.registry.remove(connection);
    connection.waiting.length = 0;
    for (const observer of this.observers) observer.closed(connection).catch(this.report);
  }

  private readonly report = (error: unknown): void => {
    this.logger.error({ stack: error instanceof Error ? error.stack : String(error) });
  };
}
