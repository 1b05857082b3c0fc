/**
 * The yardstick for several nodes: socket.io with its Redis adapter, which keeps each message in Redis in the plainest layout (a
 * hash per sender) and acknowledges when that is answered. What one turn of the event loop asks goes out in one write. Nothing is
 * checked, nothing is waited for, nothing expires.
 */
import { createShardedAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';

interface Addressed {
  readonly to: string;
  readonly from: string;
  readonly id: string;
}

const redis = new Redis(process.env['BENCH_REDIS'] ?? '');
const http = createServer();
const server = new Server(http, {
  transports: ['websocket'],
  allowUpgrades: false,
  serveClient: false,
  perMessageDeflate: false,
  httpCompression: false,
  maxHttpBufferSize: 64 * 1024,
  adapter: createShardedAdapter(redis, redis.duplicate(), { subscriptionMode: 'dynamic' }),
});

let isCorked = false;

/** Held back until the turn ends. */
function cork(): void {
  if (isCorked) return;
  isCorked = true;
  redis.stream.cork();
  setImmediate(() => {
    isCorked = false;
    redis.stream.uncork();
  });
}

server.on('connection', (socket) => {
  void socket.join(socket.handshake.auth['user'] as string);
  socket.on('message', (message: Addressed, acknowledge: (answer: object) => void) => {
    cork();
    void redis.hset(message.from, message.id, JSON.stringify(message)).then(() => {
      acknowledge({ ok: true });
      cork();
      server.to(message.to).emit('message', message);
    });
  });
  socket.on('receipt', (receipt: Addressed) => {
    cork();
    server.to(receipt.to).emit('receipt', receipt);
  });
  socket.on('read', (read: Addressed) => {
    cork();
    void redis.hdel(read.to, read.id).then(() => {
      cork();
      server.to(read.to).emit('burned', read);
      server.to(read.from).emit('burned', read);
    });
  });
  socket.on('forget', (user: string, acknowledge: () => void) => void redis.del(user).then(acknowledge));
});

redis.once('ready', () => {
  http.listen(0, '127.0.0.1', () => {
    process.stdout.write(`listens on http://127.0.0.1:${(http.address() as AddressInfo).port}\n`);
  });
});
