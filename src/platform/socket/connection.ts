import type { Socket } from 'socket.io';
import type { ErrorCode } from '../../protocol/errors.js';
import type { ServerEventName, ServerEvents } from '../../protocol/events.js';
import type { ClosingAction } from '../../protocol/payloads/connection.payloads.js';
import { TokenBucket, type BucketLimit } from '../../shared/token-bucket.js';
import type { Principal } from '../authentication/authenticator.js';

/** Queue length from which the bytes are counted: a reader that keeps up has a handful of frames waiting at most. */
const COUNT_FROM_FRAMES = 32;

/** First character of socket.io's event packet, protocol 5. */
const EVENT_PACKET = '2';

/** What socket.emit comes to for an event in `/` without binary data and without an acknowledgement, past its layers. */
export const eventFrame = <E extends ServerEventName>(event: E, payload: ServerEvents[E]): string =>
  EVENT_PACKET + JSON.stringify([event, payload]);

/** What engine.io has not in its types. */
interface RawSocket {
  readonly writeBuffer: readonly { data?: unknown }[];
  readonly transport: { readonly socket?: { terminate(): void } };
}

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
    this.send(eventFrame(event, payload));
  }

  /** Writes what {@link eventFrame} made, here or on another node. */
  send(frame: string): void {
    if (this.tooSlow()) return this.drop();
    this.socket.conn.write(frame);
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

  /** Whether so many events wait for their turn that no more may. */
  get isFull(): boolean {
    return this.waiting.length >= 2 * this.limits.events.burst;
  }

  /** Whether the client has yet to read so much that nothing more should be made for it. Answers wait, pushes do not. */
  get isBehind(): boolean {
    const { writeBuffer } = this.raw;
    return writeBuffer.length > 0 && this.unsentBytes() > this.limits.slowConsumerBytes;
  }

  /** Resolves when the client has read on, or is gone. */
  caughtUp(): Promise<void> {
    const { conn } = this.socket;
    return new Promise((resolve) => {
      const done = (): void => {
        conn.off('drain', done);
        conn.off('close', done);
        resolve();
      };
      conn.on('drain', done);
      conn.on('close', done);
    });
  }

  /** Says why, then closes. */
  close(code: ErrorCode, action: ClosingAction): void {
    this.socket.emit('connection:closing', { code, action });
    if (this.isBehind) this.drop();
    else this.socket.disconnect(true);
  }

  /** The client reads slower than it is written to. What waits is dropped with the socket: it will synchronise from the store. */
  private drop(): void {
    const { transport } = this.raw;
    this.socket.conn.close(true);
    // The closing handshake would wait behind what the client does not read, and keep it for 30 s.
    transport.socket?.terminate();
  }

  private tooSlow(): boolean {
    return this.raw.writeBuffer.length >= COUNT_FROM_FRAMES && this.unsentBytes() > this.limits.slowConsumerBytes;
  }

  private unsentBytes(): number {
    return this.raw.writeBuffer.reduce((sum, { data }) => sum + (typeof data === 'string' ? data.length : 0), 0);
  }

  private get raw(): RawSocket {
    return this.socket.conn as unknown as RawSocket;
  }
}
