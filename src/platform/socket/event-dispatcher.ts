import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { randomUUID } from 'node:crypto';
import { CLIENT_EVENTS } from '../../protocol/event-schemas.js';
import { ERRORS } from '../../protocol/errors.js';
import type { ClientEventName } from '../../protocol/events.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { wireErrorOf } from '../http/error.filter.js';
import { PayloadValidators } from '../validation/payload-validator.js';
import type { Connection } from './connection.js';

type Acknowledge = (answer: unknown) => void;
type Handle = (connection: Connection, request: object) => Promise<object | void>;

/** Where Nest's @SubscribeMessage leaves the event name on a gateway's method. */
const EVENT_OF_METHOD = 'message';
const GATEWAY = 'websockets:is_gateway';

/**
 * One for all sockets: it takes every event of every connection, so that a connection costs one function instead of an
 * observable per handler. Nothing that a client sends and nothing that a handler throws gets past it.
 */
@Injectable()
export class EventDispatcher implements OnApplicationBootstrap {
  private readonly handlers = new Map<string, Handle>();
  private readonly logger = new Logger('Socket');

  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(MetadataScanner) private readonly scanner: MetadataScanner,
    @Inject(PayloadValidators) private readonly validators: PayloadValidators,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    for (const { instance, metatype } of this.discovery.getProviders()) {
      if (metatype && Reflect.getMetadata(GATEWAY, metatype) && instance)
        this.addGateway(instance as Record<string, Handle>);
    }
    const missing = Object.keys(CLIENT_EVENTS).filter((event) => !this.handlers.has(event));
    if (missing.length > 0) throw new Error(`no gateway handles ${missing.join(', ')}`);
  }

  /** Handles what a client emitted: `[event, payload?, acknowledge?]`. Never throws. */
  dispatch(connection: Connection, emitted: unknown[]): void {
    const last = emitted.at(-1);
    if (typeof last !== 'function') return this.refuse(connection);
    const wait = connection.isFull ? RETRY_WHEN_FULL_MS : connection.takeEvent(this.clock.now());
    if (wait > 0) {
      this.answerError(connection, last as Acknowledge, new DomainError('RATE_LIMITED', { retryAfterMs: wait }));
      return;
    }
    connection.waiting.push(emitted);
    if (!connection.busy) void this.drain(connection);
  }

  private async drain(connection: Connection): Promise<void> {
    connection.busy = true;
    while (connection.waiting.length > 0) {
      // A page of messages is a thousand times its request: who asks and does not read would fill the memory.
      if (connection.isBehind) await connection.caughtUp();
      const emitted = connection.waiting.shift();
      if (!emitted) break;
      const acknowledge = emitted.at(-1) as Acknowledge;
      try {
        acknowledge({ ok: true, data: (await this.handle(connection, emitted)) ?? {} });
      } catch (thrown) {
        this.answerError(connection, acknowledge, thrown);
      }
    }
    connection.busy = false;
  }

  private handle(connection: Connection, emitted: readonly unknown[]): Promise<object | void> {
    const [event, payload] = emitted;
    const handle = typeof event === 'string' ? this.handlers.get(event) : undefined;
    if (!handle) throw new DomainError('UNKNOWN_EVENT');
    if (emitted.length > 3)
      throw new DomainError('BAD_REQUEST', { problems: [{ field: 'request', problem: 'is more than one argument' }] });
    const { request } = CLIENT_EVENTS[event as ClientEventName];
    return handle(connection, this.validators.check<object>(request, emitted.length === 2 ? {} : payload));
  }

  private answerError(connection: Connection, acknowledge: Acknowledge, thrown: unknown): void {
    const { error, unexpected } = wireErrorOf(thrown, randomUUID());
    if (unexpected) {
      this.logger.error({ ...error.details, stack: thrown instanceof Error ? thrown.stack : String(thrown) });
    }
    acknowledge({ ok: false, error });
    if (VIOLATIONS.has(error.code)) connection.violate(error.code, this.clock.now());
  }

  private refuse(connection: Connection): void {
    connection.emit('connection:refused', { code: 'ACK_REQUIRED', message: ERRORS.ACK_REQUIRED.message });
    connection.violate('ACK_REQUIRED', this.clock.now());
  }

  private addGateway(gateway: Record<string, Handle>): void {
    const prototype = Object.getPrototypeOf(gateway) as object;
    for (const method of this.scanner.getAllMethodNames(prototype)) {
      const handle = gateway[method];
      const event = handle && (Reflect.getMetadata(EVENT_OF_METHOD, handle) as string | undefined);
      if (event) this.handlers.set(event, handle.bind(gateway));
    }
  }
}

const RETRY_WHEN_FULL_MS = 1_000;

/** What an honest client never gets, or waits after. */
const VIOLATIONS: ReadonlySet<string> = new Set(['BAD_REQUEST', 'UNKNOWN_EVENT', 'RATE_LIMITED']);
