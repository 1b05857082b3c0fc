/** The yardstick: socket.io alone, set up as ours is, which relays a message and its receipt and keeps and checks nothing. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';

interface Addressed {
  readonly to: string;
}

const http = createServer();
const server = new Server(http, {
  transports: ['websocket'],
  allowUpgrades: false,
  serveClient: false,
  perMessageDeflate: false,
  httpCompression: false,
  maxHttpBufferSize: 64 * 1024,
});
const sockets = new Map<string, Socket>();

server.on('connection', (socket) => {
  const user = socket.handshake.auth['user'] as string;
  sockets.set(user, socket);
  socket.on('message', (message: Addressed, acknowledge: (answer: object) => void) => {
    acknowledge({ ok: true });
    sockets.get(message.to)?.emit('message', message);
  });
  socket.on('receipt', (receipt: Addressed) => {
    sockets.get(receipt.to)?.emit('receipt', receipt);
  });
  socket.on('disconnect', () => sockets.delete(user));
});

http.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listens on http://127.0.0.1:${(http.address() as AddressInfo).port}\n`);
});
