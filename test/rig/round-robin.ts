import { connect, createServer, type Server, type Socket } from 'node:net';

/** One address for several nodes: each connection goes to the next of them, byte for byte, and ends on both sides as on one. */
export class RoundRobin {
  private readonly sockets = new Set<Socket>();
  private next = 0;

  private constructor(
    private readonly server: Server,
    private readonly targets: readonly number[],
  ) {}

  static async listen(port: number, targets: readonly number[]): Promise<RoundRobin> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const balancer = new RoundRobin(server, targets);
    server.on('connection', (client) => balancer.join(client));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, 'localhost', resolve);
    });
    return balancer;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private join(client: Socket): void {
    const port = this.targets[this.next] ?? 0;
    this.next = (this.next + 1) % this.targets.length;
    const node = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
    this.link(client, node);
    this.link(node, client);
  }

  private link(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.pipe(to);
    from.on('error', () => to.resetAndDestroy());
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroySoon();
    });
  }
}
