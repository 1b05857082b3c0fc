import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
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
  private readonly running = new Set<Promise<void>>();

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
    this.tell((observer) => observer.opened(connection));
  }

  received(connection: Connection, emitted: unknown[]): void {
    this.dispatcher.dispatch(connection, emitted);
  }

  closed(connection: Connection): void {
    this.registry.remove(connection);
    connection.waiting.length = 0;
    this.tell((observer) => observer.closed(connection));
  }

  /** Resolves when nobody has to do with a connection any more. */
  async settled(): Promise<void> {
    await Promise.all(this.running);
  }

  private tell(work: (observer: ConnectionObserver) => Promise<void>): void {
    for (const observer of this.observers) {
      const running = work(observer)
        .catch(this.report)
        .finally(() => this.running.delete(running));
      this.running.add(running);
    }
  }

  private readonly report = (error: unknown): void => {
    // A store that is away says so itself, once.
    if (error instanceof DomainError && error.code === 'UNAVAILABLE') return;
    this.logger.error({ stack: error instanceof Error ? error.stack : String(error) });
  };
}
