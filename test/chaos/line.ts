import type { Socket } from 'socket.io-client';
import { setTimeout as wait } from 'node:timers/promises';
import type { Entrance } from './front-door.js';

/** How long to wait at most after the first failure, and after many. */
export interface Pace {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Shorter than the SDK's, so that what is measured is how fast the tier is back. */
const HASTY: Pace = { firstMs: 200, lastMs: 1_000 };
const ANSWER_WITHIN_MS = 5_000;

export interface LineListener {
  connected(): void;
  pushed(event: string, payload: unknown): void;
}

type Answer = { readonly ok: boolean; readonly data?: unknown; readonly error?: { code: string; details: object } };

/** What the server said no to. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly retryAfterMs: number,
  ) {
    super(code);
  }
}

/** Keeps one connection as the SDK does: closed means again, after a time that doubles, with full jitter. */
export class Line {
  readonly counts = { connected: 0, failed: 0 };
  private socket: Socket | undefined;
  private stopped = false;
  private waiters: (() => void)[] = [];

  constructor(
    private readonly entrance: Entrance,
    private readonly token: string,
    private readonly random: () => number,
    private readonly listener: LineListener,
    private readonly pace = HASTY,
  ) {}

  async keep(): Promise<void> {
    for (let tries = 0; !this.stopped;) {
      const held = await this.hold();
      const { firstMs, lastMs } = this.pace;
      const most = Math.min(lastMs, firstMs * 2 ** tries);
      tries = held > lastMs ? 0 : tries + 1;
      if (!this.stopped) await wait(this.random() * most);
    }
  }

  get isConnected(): boolean {
    return this.socket !== undefined;
  }

  /** Resolves once there is a connection, or at the end. */
  async connected(): Promise<void> {
    while (!this.stopped && !this.socket) await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  /** Throws a Refusal, or anything else when it is unknown whether the server acted. */
  async ask<T>(event: string, payload: object): Promise<T> {
    const { socket } = this;
    if (!socket) throw new Error('offline');
    const answer = (await socket.timeout(ANSWER_WITHIN_MS).emitWithAck(event, payload)) as Answer;
    if (answer.ok) return answer.data as T;
    const { code = 'INTERNAL', details = {} } = answer.error ?? {};
    throw new Refusal(code, Number((details as { retryAfterMs?: number }).retryAfterMs ?? 0));
  }

  stop(): void {
    this.stopped = true;
    this.socket?.disconnect();
    this.wake();
  }

  /** Resolves with how long the connection stood. */
  private hold(): Promise<number> {
    const socket = this.entrance.socket(this.token);
    let since = Infinity;
    return new Promise((resolve) => {
      const over = (): void => {
        if (this.socket === socket) this.socket = undefined;
        socket.removeAllListeners();
        socket.disconnect();
        if (since === Infinity) this.counts.failed += 1;
        resolve(since === Infinity ? 0 : performance.now() - since);
      };
      const patience = setTimeout(over, 2 * ANSWER_WITHIN_MS);
      socket.onAny((event: string, payload: unknown) => this.listener.pushed(event, payload));
      socket.once('connection:ready', () => {
        clearTimeout(patience);
        since = performance.now();
        this.counts.connected += 1;
        this.socket = socket;
        this.wake();
        this.listener.connected();
      });
      socket.once('connect_error', () => (clearTimeout(patience), over()));
      socket.once('disconnect', () => (clearTimeout(patience), over()));
      if (this.stopped) over();
    });
  }

  private wake(): void {
    for (const waiter of this.waiters.splice(0)) waiter();
  }
}
