import { io, type Socket } from 'socket.io-client';
import { Nodes } from './nodes.js';
import { BODY, type Pair, type PairListener } from './pair.js';
import type { RedisPair } from './redis-pair.js';
import type { Subject } from './subject.js';

class RelayPair implements Pair {
  declare listener: PairListener;
  reads = false;
  private sent = 0;

  constructor(
    private readonly from: Socket,
    private readonly names: { readonly from: string; readonly to: string },
    to: Socket,
  ) {
    to.on('message', ({ id }: { id: string }) => {
      this.listener.delivered();
      const receipt = { to: names.from, from: names.to, id };
      to.emit('receipt', receipt);
      if (this.reads) to.emit('read', receipt);
    });
    from.on('receipt', () => this.listener.receipted());
    for (const side of [from, to]) side.on('burned', () => this.listener.burned());
  }

  send(): void {
    this.sent += 1;
    const message = { to: this.names.to, from: this.names.from, id: nameOf('message', this.sent), body: BODY };
    this.from.emit('message', message, () => this.listener.accepted());
  }

  /** Has the store forget what it sent. */
  forget(): Promise<void> {
    return new Promise((resolve) => void this.from.emit('forget', this.names.from, () => resolve()));
  }
}

/** The bare relay; with Redis the one that has several nodes and keeps what it relays. */
export class RelaySubject implements Subject {
  readonly name: string;
  readonly nodes: Nodes;
  private sockets: Socket[] = [];
  private pairs: RelayPair[] = [];
  private connections = 0;

  readonly redis?: RedisPair;

  constructor(redis?: RedisPair, pinned = false) {
    if (redis) this.redis = redis;
    this.name = redis ? 'Redis relay' : 'bare relay';
    this.nodes = new Nodes(() =>
      redis
        ? {
            file: new URL('./redis-relay.js', import.meta.url),
            environment: { BENCH_REDIS: `redis://:${redis.password}@${redis.address}` },
            pinned,
          }
        : { file: new URL('./relay.js', import.meta.url), pinned },
    );
  }

  async start(): Promise<void> {
    await this.redis?.start();
    await this.nodes.resize(1);
  }

  async spread(nodes: number, pairs: number): Promise<Pair[]> {
    this.leave();
    await this.nodes.resize(nodes);
    this.pairs = [];
    while (this.pairs.length < pairs) {
      const names = { from: nameOf('user', this.connections), to: nameOf('user', this.connections + 1) };
      const [from, to] = [await this.connect(), await this.connect()];
      this.pairs.push(new RelayPair(from, names, to));
    }
    return this.pairs;
  }

  async tidy(): Promise<number> {
    if (this.redis) await Promise.all(this.pairs.map((pair) => pair.forget()));
    return 0;
  }

  prepareCrowd(): Promise<void> {
    return Promise.resolve();
  }

  async join(): Promise<void> {
    await this.connect();
  }

  async restart(): Promise<void> {
    const { count } = this.nodes;
    this.leave();
    await this.nodes.resize(0);
    await this.nodes.resize(count);
  }

  async stop(): Promise<void> {
    this.leave();
    await this.nodes.resize(0);
    await this.redis?.stop();
  }

  private leave(): void {
    for (const socket of this.sockets) socket.disconnect();
    this.sockets = [];
  }

  private async connect(): Promise<Socket> {
    const url = this.nodes.urlOf(this.connections);
    const auth = { user: nameOf('user', this.connections++) };
    const socket = io(url, { transports: ['websocket'], auth, reconnection: false, forceNew: true });
    this.sockets.push(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', () => resolve());
      socket.once('connect_error', reject);
    });
    return socket;
  }
}

/** As long as an id of ours. */
const nameOf = (kind: string, index: number): string => `${kind}${index}`.padEnd(22, '-');
