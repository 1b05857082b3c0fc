import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { freePort } from './free-port.js';
import { RoundRobin } from './round-robin.js';

describe('RoundRobin', () => {
  const nodes: Server[] = [];
  let arrived: [node: number, socket: Socket][];
  let front: RoundRobin;
  let port: number;

  beforeEach(async () => {
    arrived = [];
    for (const node of [0, 1]) {
      const server = createServer({ allowHalfOpen: true }, (socket) => {
        socket.on('error', () => undefined);
        arrived.push([node, socket]);
      });
      nodes.push(server.listen(0, '127.0.0.1'));
      await once(server, 'listening');
    }
    port = await freePort();
    front = await RoundRobin.listen(
      port,
      nodes.map((server) => (server.address() as AddressInfo).port),
    );
  });

  afterEach(async () => {
    await front.close();
    for (const server of nodes.splice(0)) server.close();
  });

  const open = async (): Promise<[client: Socket, node: Socket]> => {
    const count = arrived.length;
    const client = connect({ host: 'localhost', port, allowHalfOpen: true });
    await once(client, 'connect');
    while (arrived.length === count) await new Promise((resolve) => setTimeout(resolve, 5));
    return [client, arrived.at(-1)?.[1] as Socket];
  };

  it('gives each node its share of the connections', async () => {
    for (let i = 0; i < 4; i += 1) await open();
    expect(arrived.map(([node]) => node)).toEqual([0, 1, 0, 1]);
  });

  it('brings every byte of both sides, also after one of them has ended', async () => {
    const [client, node] = await open();
    client.end('question');
    expect((await allOf(node)).toString()).toBe('question');
    node.end('a'.repeat(1_000_000));
    expect((await allOf(client)).length).toBe(1_000_000);
  });

  it('breaks the other side where one breaks', async () => {
    const [client, node] = await open();
    const broken = once(client, 'error');
    node.resetAndDestroy();
    expect(await broken).toMatchObject([{ code: 'ECONNRESET' }]);
    const [second, far] = await open();
    const gone = new Promise((resolve) => far.once('close', resolve));
    second.resetAndDestroy();
    await gone;
  });
});

/** What it says until it ends its side. The stream's own iterator would end the other side as well. */
async function allOf(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'end');
  return Buffer.concat(chunks);
}
