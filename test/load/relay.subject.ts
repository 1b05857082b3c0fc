import { io, type Socket } from 'socket.io-client';
import { MeasuredProcess } from './measured-process.js';
import { BODY, type Pair, type PairListener } from './pair.js';
import type { Subject } from './subject.js';

class RelayPair implements Pair {
  declare listener: PairListener;
  private sent = 0;

  constructor(
    private readonly from: Socket,
    private readonly names: { readonly from: string; readonly to: string },
    to: Socket,
  ) {
    to.on('message', ({ id }: { id: string }) => {
      this.listener.delivered();
      to.emit('receipt', { to: names.from, from: names.to, id });
    });
    from.on('receipt', () => this.listener.receipted());
  }

  send(): void {
    this.sent += 1;
    const message = { to: this.names.to, from: this.names.from, id: nameOf('message', this.sent), body: BODY };
    this.from.emit('message', message, () => this.listener.accepted());
  }
}

/** The bare relay. */
export class RelaySubject implements Subject {
  readonly name = 'bare relay';
  process!: MeasuredProcess;
  private sockets: Socket[] = [];
  private connections = 0;

  async start(): Promise<void> {
    this.process = await MeasuredProcess.start(new URL('./relay.js', import.meta.url));
  }

  async pair(): Promise<Pair> {
    const names = { from: nameOf('user', this.connections), to: nameOf('user', this.connections + 1) };
    const [from, to] = [await this.connect(), await this.connect()];
    return new RelayPair(from, names, to);
  }

  tidy(): Promise<number> {
    return Promise.resolve(0);
  }

  prepareCrowd(): Promise<void> {
    return Promise.resolve();
  }

  async join(): Promise<void> {
    await this.connect();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.disconnect();
    this.sockets = [];
    await this.process.stop();
  }

  private async connect(): Promise<Socket> {
    const auth = { user: nameOf('user', this.connections++) };
    const socket = io(this.process.url, { transports: ['websocket'], auth, reconnection: false, forceNew: true });
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
