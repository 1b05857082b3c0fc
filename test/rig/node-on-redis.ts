import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { RedisDelivery } from '../../src/platform/delivery/adapters/redis-delivery.js';
import type { ObservedClient } from '../../src/platform/delivery/delivery.contract.js';
import { NodeChannel } from '../../src/platform/node-channel/node-channel.js';
import { RedisPresence } from '../../src/platform/presence/adapters/redis-presence.js';
import type { RedisServers } from './redis-servers.js';
import type { RedisConnections } from '../../src/platform/redis/redis-connections.js';
import { RedisSignals } from '../../src/platform/signals/adapters/redis-signals.js';
import { Connection } from '../../src/platform/socket/connection.js';
import { ConnectionRegistry } from '../../src/platform/socket/connection-registry.js';
import { RandomIds } from '../../src/shared/ids.js';

const LIMITS = { events: { burst: 40, perSecond: 20 }, slowConsumerBytes: 1_048_576, violations: 30 };
const ids = new RandomIds();

/** A client of a node, and how to end it. */
export interface NodeClient extends ObservedClient {
  leave(): void;
}

/** One node as far as other nodes know it: its sockets, where its users are, its signals, its pushes. */
export class NodeOnRedis {
  readonly registry = new ConnectionRegistry();
  readonly channel: NodeChannel;
  readonly signals: RedisSignals;
  readonly presence: RedisPresence;
  readonly delivery: RedisDelivery;
  private readonly http = createServer();
  private readonly server = new Server(this.http, { transports: ['websocket'] });
  private readonly clients: Socket[] = [];

  static async start(redis: RedisConnections): Promise<NodeOnRedis> {
    const node = new NodeOnRedis(redis);
    await new Promise<void>((resolve) => node.http.listen(0, '127.0.0.1', resolve));
    await node.channel.onApplicationBootstrap();
    return node;
  }

  private constructor(redis: RedisConnections) {
    this.channel = new NodeChannel(redis, ids);
    this.signals = new RedisSignals(this.channel);
    this.presence = new RedisPresence(redis, this.channel.nodeId, this.signals);
    this.delivery = new RedisDelivery(this.registry, this.channel, this.signals, this.presence);
    this.server.on('connection', (socket) => {
      const { userId, sessionId } = socket.handshake.auth as { userId: string; sessionId: string };
      const principal = { userId, sessionId, deviceId: ids.next(), role: 'user' } as const;
      const connection = new Connection(socket, principal, LIMITS, Date.now());
      this.registry.add(connection);
      // As a client, which synchronises first: whoever pushes after that has heard of it.
      const told = this.presence.connected(userId, connection.id).then(() => redis.commands.run('PING'));
      told.then(
        () => socket.emit('known'),
        () => socket.disconnect(true),
      );
      socket.on('disconnect', () => {
        this.registry.remove(connection);
        this.presence.disconnected(userId, connection.id).catch(() => {});
      });
    });
  }

  /** Resolves once other nodes can know of it; rejects when they cannot be told. */
  async connect(userId: string): Promise<NodeClient> {
    const sessionId = ids.next();
    const events: { event: string; payload: unknown }[] = [];
    const { port } = this.http.address() as AddressInfo;
    const options = { transports: ['websocket'], auth: { userId, sessionId }, reconnection: false, forceNew: true };
    const socket = io(`http://127.0.0.1:${port}`, options);
    this.clients.push(socket);
    const client = { sessionId, events, closed: false, leave: () => void socket.disconnect() };
    socket.on('disconnect', () => (client.closed = true));
    await new Promise<void>((resolve, reject) => {
      socket.once('disconnect', () => reject(new Error('Redis is away')));
      socket.onAny((event: string, payload: unknown) => {
        if (event === 'known') resolve();
        else events.push({ event, payload });
      });
    });
    return client;
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.disconnect();
    await new Promise<void>((resolve) => void this.server.close(() => resolve()));
    for (const part of [this.channel, this.signals, this.presence, this.delivery]) part.onApplicationShutdown();
  }
}

/** How often the first server was asked to publish. */
export function publishesOf(servers: RedisServers): number {
  const [server] = servers.redis;
  const stats = server ? servers.ask(server, 'info', 'commandstats') : '';
  return Number(/cmdstat_publish:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}

/** Makes the first server refuse what nodes say, while they go on to hear. */
export function refusePublishing(servers: RedisServers, isRefused: boolean): void {
  const [server] = servers.redis;
  if (server) servers.ask(server, 'acl', 'setuser', 'default', isRefused ? '-publish' : '+publish');
}
