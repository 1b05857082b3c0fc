import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { RandomIds } from '../../../shared/ids.js';
import { Connection } from '../../socket/connection.js';
import { ConnectionRegistry } from '../../socket/connection-registry.js';
import { describeDeliveryContract } from '../delivery.contract.js';
import { InProcessDelivery } from './in-process-delivery.js';

const limits = { events: { burst: 40, perSecond: 20 }, slowConsumerBytes: 1_048_576, violations: 30 };

describeDeliveryContract(async () => {
  const ids = new RandomIds();
  const registry = new ConnectionRegistry();
  const http = createServer();
  const server = new Server(http, { transports: ['websocket'] });
  server.on('connection', (socket) => {
    const { userId, sessionId } = socket.handshake.auth as { userId: string; sessionId: string };
    const connection = new Connection(
      socket,
      { userId, sessionId, deviceId: ids.next(), role: 'user' },
      limits,
      Date.now(),
    );
    registry.add(connection);
    socket.on('disconnect', () => registry.remove(connection));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;

  return {
    delivery: new InProcessDelivery(registry),
    async connect(userId) {
      const sessionId = ids.next();
      const events: { event: string; payload: unknown }[] = [];
      const client = { sessionId, events, closed: false };
      const socket = io(`http://127.0.0.1:${port}`, {
        transports: ['websocket'],
        auth: { userId, sessionId },
        reconnection: false,
        forceNew: true,
      });
      socket.onAny((event: string, payload: unknown) => events.push({ event, payload }));
      socket.on('disconnect', () => (client.closed = true));
      await new Promise<void>((resolve) => socket.once('connect', resolve));
      return client;
    },
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
});
