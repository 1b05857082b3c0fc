import type { ConnectionReady } from '../../src/protocol/payloads/connection.payloads.js';
import { AshwireError } from '../ashwire-error.js';
import type { AshwireClientEvents, ConnectionState } from '../client-events.js';
import type { LocalClock } from '../time/local-clock.js';
import { Backoff } from './backoff.js';
import type { Disconnected, SocketTransport } from './socket-transport.js';

export interface ConnectionObserver {
  /** A token for the handshake; `refused`: the one that the server did not take. */
  token(refused?: string): Promise<string>;
  /** The connection stands; called once for each. Never throws. */
  online(ready: ConnectionReady): void;
  /** It has ended, not by `stop`. Returns how long to stay away at least. */
  offline(ended: Ended): number;
  state(state: ConnectionState): void;
  closed(event: AshwireClientEvents['closed']): void;
}

/** How a connection that stood has ended. */
export interface Ended extends Disconnected {
  readonly lastedMs: number;
}

/** Refusals after which trying again by itself is wrong. */
const FINAL = ['DEVICE_REPLACED', 'LOGIN_FAILED', 'NOT_REGISTERED', 'NOT_FOUND', 'FORBIDDEN'];
const LOGIN = ['UNAUTHENTICATED', 'SESSION_REVOKED'];
/** With no clear reason from the server, this many refused logins in a row are enough. */
const REFUSED_LOGINS = 2;

/** How an attempt ended. */
interface Outcome {
  readonly code: string;
  /** What the server asked for. */
  readonly retryAfterMs: number;
  /** What the observer asked for. */
  readonly stayAwayMs?: number;
  /** The login was refused, without a reason that is final. */
  readonly isRefusal: boolean;
  /** There is no point in another attempt. */
  readonly end?: 'login' | 'stop';
  /** The token that the server did not take. */
  readonly refused?: string;
}

/** Ended by `stop`. */
const GONE = { stayAwayMs: 0 };

const ENDED: Outcome = { code: 'OFFLINE', retryAfterMs: 0, isRefusal: false };

/** Keeps one connection as long as it is wanted. Each attempt is: a token, a socket, and then what ended it. */
export class Connection {
  private current: ConnectionState = 'offline';
  /** Another run ends the one before, wherever it waits. */
  private run = 0;
  private wakeUp: () => void = () => undefined;
  /** A wait that the server asked for is not cut short by who is impatient here. */
  private mayHurry = true;
  private onlineSince = 0;
  /** Outlives `stop` and `start`: an application that calls them in a circle does not hammer either. */
  private readonly backoff: Backoff;

  constructor(
    private readonly socket: SocketTransport,
    private readonly observer: ConnectionObserver,
    private readonly clock: LocalClock,
    random: () => number = Math.random,
  ) {
    this.backoff = new Backoff(random);
  }

  get state(): ConnectionState {
    return this.current;
  }

  /** Starts, or cuts a wait between two attempts short. */
  start(): void {
    if (this.current === 'connecting' || this.current === 'online') {
      if (this.mayHurry) this.wakeUp();
      return;
    }
    this.run += 1;
    this.become('connecting');
    void this.keepConnected(this.run);
  }

  stop(): void {
    this.run += 1;
    if (this.current === 'online') this.backoff.lasted(this.clock.monotonic() - this.onlineSince);
    this.socket.close();
    this.wakeUp();
    this.become('stopped');
  }

  private async keepConnected(run: number): Promise<void> {
    let refused: string | undefined;
    for (let refusals = 0; run === this.run;) {
      const outcome = await this.attempt(run, refused);
      if (run !== this.run) return;
      refusals = outcome.isRefusal ? refusals + 1 : 0;
      if (outcome.end) return this.end(outcome.code, outcome.end);
      if (refusals > REFUSED_LOGINS) return this.end(outcome.code, 'login');
      refused = outcome.refused;
      this.become('connecting');
      await this.pause(outcome);
    }
  }

  /** One token, one socket, to its end. */
  private async attempt(run: number, refused: string | undefined): Promise<Outcome> {
    let token: string | undefined;
    try {
      token = await this.observer.token(refused);
      if (run !== this.run) return ENDED;
      const { closing, stayAwayMs } = await this.untilClosed(token, run);
      if (!closing) return { ...ENDED, stayAwayMs };
      const { code, action } = closing;
      return {
        ...ENDED,
        code,
        stayAwayMs,
        retryAfterMs: AshwireError.fromWire({ code, details: closing }).retryAfterMs,
        ...(action === 'stop' && { end: action }),
        ...(action === 'login' && { refused: token }),
      };
    } catch (error) {
      const { code, retryAfterMs } = AshwireError.from(error);
      const end = code === 'DEVICE_REPLACED' ? 'stop' : 'login';
      const isRefusal = LOGIN.includes(code);
      return {
        code,
        retryAfterMs,
        isRefusal,
        ...(FINAL.includes(code) && { end }),
        ...(isRefusal && token !== undefined && { refused: token }),
      };
    }
  }

  /** Resolves when the connection has ended, with what the server said before. */
  private async untilClosed(token: string, run: number): Promise<Disconnected & { readonly stayAwayMs: number }> {
    let off = (): void => undefined;
    // Listening before it opens: the end may come in the same frame as the beginning.
    const ended = new Promise<Disconnected>((resolve) => (off = this.socket.events.once('disconnected', resolve)));
    const ready = await this.socket.open(token).catch((error: unknown) => {
      off();
      throw error;
    });
    if (run !== this.run) return GONE;
    this.onlineSince = this.clock.monotonic();
    this.become('online');
    this.observer.online(ready);
    const disconnected = await ended;
    if (run !== this.run) return GONE;
    const lastedMs = this.clock.monotonic() - this.onlineSince;
    this.backoff.lasted(lastedMs);
    return { ...disconnected, stayAwayMs: this.observer.offline({ ...disconnected, lastedMs }) };
  }

  private end(code: string, action: 'login' | 'stop'): void {
    this.run += 1;
    this.become('stopped');
    this.observer.closed({ code: AshwireError.fromWire({ code }).code, action });
  }

  private become(state: ConnectionState): void {
    if (this.current === state) return;
    this.current = state;
    this.observer.state(state);
  }

  private pause({ retryAfterMs, stayAwayMs = 0 }: Outcome): Promise<void> {
    const milliseconds = this.backoff.next(Math.max(retryAfterMs, stayAwayMs));
    this.mayHurry = retryAfterMs === 0;
    return new Promise((resolve) => {
      const cancel = this.clock.after(milliseconds, resolve);
      this.wakeUp = () => {
        cancel();
        resolve();
      };
    });
  }
}
