import { connect, createServer, type Server, type Socket } from 'node:net';
import { AckFrames, type AckFaults } from './ack-frames.js';

export interface FaultProxyOptions {
  /** `host:port` each. New connections go to them in turn, past those that refuse. */
  readonly to: readonly string[];
  readonly host?: string;
  readonly port?: number;
  /** The same seed rolls the same dice. Print it with a failure. */
  readonly seed?: number;
}

/** Pieces of one direction under way, beyond which the one who sends has to wait. */
const MOST_UNDER_WAY = 256;

/**
 * A TCP proxy with faults, between clients and nodes or a node and its stores:
 * - `cut()` ends every connection with a reset and takes no new ones: a server that is gone.
 * - `hold()` passes nothing on and ends nothing: a partition. What is under way arrives after `mend()`, as TCP would have it.
 * - `delay(atLeastMs, jitterMs)` keeps each piece back for so long, in order.
 * - `faultyAcks({ drop, duplicate })`, for connections of socket.io begun afterwards: acknowledgements of the server are lost or
 *   come twice.
 * - `mend()` ends all of these.
 */
export class FaultProxy {
  /** How many connections each target got. */
  readonly taken = new Map<string, number>();
  private readonly links = new Set<Link>();
  private readonly random: () => number;
  private isCut = false;
  private held: Promise<void> | undefined;
  private release = (): void => undefined;
  private lag = { atLeastMs: 0, jitterMs: 0 };
  private acks: AckFaults | undefined;
  private turn = 0;

  private constructor(
    private readonly server: Server,
    private readonly options: FaultProxyOptions,
  ) {
    this.random = dice(options.seed ?? 1);
    server.on('connection', (client) => void this.take(client));
  }

  static async start(options: FaultProxyOptions): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const { host = '127.0.0.1', port = 0 } = options;
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
    return new FaultProxy(server, options);
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  get address(): string {
    return `${this.options.host ?? '127.0.0.1'}:${this.port}`;
  }

  get connections(): number {
    return this.links.size;
  }

  cut(): void {
    this.isCut = true;
    for (const link of this.links) link.reset();
  }

  hold(): void {
    this.held ??= new Promise((resolve) => (this.release = resolve));
  }

  delay(atLeastMs: number, jitterMs = 0): void {
    this.lag = { atLeastMs, jitterMs };
  }

  faultyAcks(faults: AckFaults): void {
    this.acks = faults;
  }

  mend(): void {
    this.isCut = false;
    this.held = undefined;
    this.release();
    this.delay(0);
    this.acks = undefined;
  }

  async close(): Promise<void> {
    this.mend();
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(client: Socket): Promise<void> {
    if (this.isCut) return void client.resetAndDestroy();
    const link = new Link(client);
    this.links.add(link);
    client.once('close', () => this.links.delete(link));
    while (this.held) await this.held;
    const server = await this.reachNext();
    if (!server) return link.reset();
    const frames = this.acks && new AckFrames(this.random);
    const alike = (piece: Buffer): Buffer => piece;
    link.join(server, {
      toServer: (piece) => this.afflict(piece, alike),
      toClient: (piece) => this.afflict(piece, frames ? (bytes) => frames.take(bytes, this.acks ?? {}) : alike),
    });
  }

  private async reachNext(): Promise<Socket | undefined> {
    const { to } = this.options;
    for (let tries = to.length; tries > 0; tries--) {
      const target = to[this.turn++ % to.length] ?? '';
      const server = await reach(target);
      if (!server) continue;
      this.taken.set(target, (this.taken.get(target) ?? 0) + 1);
      return server;
    }
    return undefined;
  }

  /** Counts from now; what comes out of the returned function is due. */
  private afflict(piece: Buffer, change: (piece: Buffer) => Buffer): () => Promise<Buffer> {
    const { atLeastMs, jitterMs } = this.lag;
    const due = performance.now() + atLeastMs + jitterMs * this.random();
    return async () => {
      const early = due - performance.now();
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      while (this.held) await this.held;
      return change(piece);
    };
  }
}

type Passage = (piece: Buffer) => () => Promise<Buffer>;

/** One connection of a client, and the one to the server behind it. */
class Link {
  private server: Socket | undefined;

  constructor(private readonly client: Socket) {
    client.on('error', () => this.reset());
  }

  join(server: Socket, through: { readonly toServer: Passage; readonly toClient: Passage }): void {
    this.server = server;
    server.on('error', () => this.reset());
    if (this.client.destroyed) return this.reset();
    this.pump(this.client, server, through.toServer);
    this.pump(server, this.client, through.toClient);
  }

  reset(): void {
    for (const socket of [this.client, this.server]) if (socket?.destroyed === false) socket.resetAndDestroy();
  }

  private pump(from: Socket, to: Socket, passage: Passage): void {
    let underWay = 0;
    let last = Promise.resolve();
    from.on('data', (piece) => {
      const arrival = passage(piece);
      if (++underWay >= MOST_UNDER_WAY) from.pause();
      last = last.then(async () => {
        const bytes = await arrival();
        if (to.writable && !to.write(bytes)) await untilRead(to);
        if (--underWay < MOST_UNDER_WAY) from.resume();
      });
    });
    from.once('end', () => void last.then(() => to.end()));
    from.once('close', (failed) => !failed && void last.then(() => to.end()));
  }
}

function untilRead(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.on('drain', done).on('close', done);
  });
}

function reach(target: string): Promise<Socket | undefined> {
  const colon = target.lastIndexOf(':');
  return new Promise((resolve) => {
    const address = { host: target.slice(0, colon), port: Number(target.slice(colon + 1)) };
    const socket = connect({ ...address, noDelay: true, allowHalfOpen: true });
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}

/** Mulberry32: all that a test needs of chance is that it can be had again. */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
