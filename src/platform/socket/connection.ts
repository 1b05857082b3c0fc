import type { Socket } from 'socket.io';
import type { ErrorCode } from '../../protocol/errors.js';
import type { ServerEventName, ServerEvents } from '../../protocol/events.js';
import type { ClosingAction } from '../../protocol/payloads/connection.payloads.js';
import { TokenBucket, type BucketLimit } from '../../shared/token-bucket.js';
import type { Principal } from '../authentication/authenticator.js';

/** Queue length from which the bytes are counted: a reader that keeps up has a handful of frames waiting at most. */
const COUNT_FROM_FRAMES = 32;

/** One authenticated socket. Everything that the server sends to a client goes through it. */
export class Connection {
  /** Events of this connection are handled one after the other, in the order of their sending. */
  readonly waiting: unknown[][] = [];
  busy = false;
  private readonly bucket: TokenBucket;
  private violations = 0;
  private violationsSince = 0;

  constructor(
    private readonly socket: Socket,
    readonly principal: Principal,
    private readonly limits: {
      readonly events: BucketLimit;
      readonly slowConsumerBytes: number;
      readonly violations: number;
    },
    now: number,
  ) {
    this.bucket = new TokenBucket(limits.events, now);
  }

  get id(): string {
    return this.socket.id;
  }

  get userId(): string {
    return this.principal.userId;
  }

  emit<E extends ServerEventName>(event: E, payload: ServerEvents[E]): void {
    if (this.tooSlow()) return this.drop();
    this.socket.emit(event, payload);
  }

  /** 0, or how many milliseconds the client must wait before its next event. */
  takeEvent(now: number): number {
    return this.bucket.take(now);
  }

  /** Counts a broken rule; a client that breaks too many within a minute is closed. */
  violate(code: ErrorCode, now: number): void {
    if (now - this.violationsSince > 60_000) {
      this.violations = 0;
      this.violationsSince = now;
    }
    this.violations += 1;
    if (this.violations >= this.limits.violations) this.close(code, 'stop');
  }

  /** Says why, then closes. */
  close(code: ErrorCode, action: ClosingAction): void {
    this.socket.emit('connection:closing', { code, action });
    this.socket.disconnect(true);
  }

  /** The client reads slower than it is written to. What waits is dropped with the socket: it will synchronise from the store. */
  private drop(): void {
    this.socket.conn.close(true);
  }

  private tooSlow(): boolean {
    const { writeBuffer } = this.socket.conn as unknown as { writeBuffer: readonly { data?: unknown }[] };
    if (writeBuffer.length < COUNT_FROM_FRAMES) return false;
    const bytes = writeBuffer.reduce((sum, { data }) => sum + (typeof data === 'string' ? data.length : 0), 0);
    return bytes > this.limits.slowConsumerBytes;
  }
}
