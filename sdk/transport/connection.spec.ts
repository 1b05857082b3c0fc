import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Server, type Socket } from 'socket.io';
import { SystemLocalClock } from '../time/local-clock.js';
import { Connection } from './connection.js';
import { SocketTransport } from './socket-transport.js';

const id = 'A'.repeat(22);

/** A server that does with each connection what the test says. */
class ScriptedServer {
  readonly http = createServer();
  readonly io = new Server(this.http, { transports: ['websocket'] });
  readonly tokens: string[] = [];
  onSocket: (socket: Socket, count: number) => void = () => undefined;
  refuse: (token: string) => string | undefined = () => undefined;

  async listen(): Promise<string> {
    this.io.use((socket, next) => {
      const { token } = socket.handshake.auth as { token: string };
      this.tokens.push(token);
      const code = this.refuse(token);
      next(
        code === undefined ? undefined : Object.assign(new Error(code), { data: { code, message: code, details: {} } }),
      );
    });
    this.io.on('connection', (socket) => {
      socket.emit('connection:ready', { userId: id, deviceId: id, sessionId: id, serverTime: 1 });
      this.onSocket(socket, this.tokens.length);
    });
    await new Promise<void>((resolve) => this.http.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }
}

const end = (socket: Socket, code: string, action: string): void => {
  socket.emit('connection:closing', { code, action });
  socket.disconnect(true);
};

/** Waits no longer than a moment, and notes how long it should have. */
class HastyClock extends SystemLocalClock {
  readonly waits: number[] = [];
  mostMs = 5;
  sleptMs = 0;

  override monotonic(): number {
    return super.monotonic() + this.sleptMs;
  }

  override after(milliseconds: number, action: () => void): () => void {
    this.waits.push(milliseconds);
    return super.after(Math.min(this.mostMs, milliseconds), action);
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (const last = Date.now() + 5_000; !holds();) {
    if (Date.now() > last) throw new Error('did not come true');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('Connection', () => {
  let server: ScriptedServer;
  let connection: Connection;
  let told: string[];
  let renewals: number;
  let stayAwayMs: number;
  let clock: HastyClock;

  beforeEach(async () => {
    server = new ScriptedServer();
    told = [];
    renewals = 0;
    stayAwayMs = 0;
    clock = new HastyClock();
    const observer = {
      token: (refused?: string) => Promise.resolve(`t${refused === undefined ? renewals : ++renewals}`),
      online: () => void told.push('online'),
      offline: () => {
        told.push('offline');
        return stayAwayMs;
      },
      state: (state: string) => void told.push(state),
      closed: ({ code, action }: { code: string; action: string }) => void told.push(`closed ${code} ${action}`),
    };
    connection = new Connection(new SocketTransport(await server.listen()), observer, clock, () => 0.999_999);
  });
  afterEach(async () => {
    connection.stop();
    await server.io.close();
  });

  it('comes back after the server says reconnect', async () => {
    server.onSocket = (socket, count) => count === 1 && end(socket, 'SHUTTING_DOWN', 'reconnect');
    connection.start();
    await until(() => told.filter((event) => event === 'online').length >= 4);
    expect(connection.state).toBe('online');
    expect(server.tokens).toEqual(['t0', 't0']);
  });

  it('takes another token after the server says login', async () => {
    server.onSocket = (socket, count) => count === 1 && end(socket, 'SESSION_REVOKED', 'login');
    connection.start();
    await until(() => server.tokens.length === 2 && connection.state === 'online');
    expect(server.tokens).toEqual(['t0', 't1']);
  });

  it('stays away after the server says stop', async () => {
    server.onSocket = (socket) => end(socket, 'DEVICE_REPLACED', 'stop');
    connection.start();
    await until(() => told.includes('closed DEVICE_REPLACED stop'));
    expect(connection.state).toBe('stopped');
    expect(server.tokens).toHaveLength(1);
  });

  it('renews a refused token, and gives up when that is refused too', async () => {
    server.refuse = (token) => (token === 't0' ? 'UNAUTHENTICATED' : undefined);
    connection.start();
    await until(() => connection.state === 'online');
    connection.stop();
    told.length = 0;
    server.refuse = () => 'UNAUTHENTICATED';
    connection.start();
    await until(() => told.includes('closed UNAUTHENTICATED login'));
  }, 15_000);

  it('waits longer each time that a connection ends early, over stop and start, until one holds', async () => {
    server.onSocket = (socket) => end(socket, 'INTERNAL', 'reconnect');
    connection.start();
    await until(() => clock.waits.length === 3);
    connection.stop();
    connection.start();
    await until(() => clock.waits.length === 5);
    expect(clock.waits.slice(0, 5)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
    server.onSocket = () => undefined;
    await until(() => connection.state === 'online');
    clock.sleptMs = 31_000;
    connection.stop();
    server.onSocket = (socket) => end(socket, 'INTERNAL', 'reconnect');
    const before = clock.waits.length;
    connection.start();
    await until(() => clock.waits.length > before);
    expect(clock.waits[before]).toBe(1_000);
  });

  it('waits as long as the server asks, however impatient, and as the observer asks, unless impatient', async () => {
    clock.mostMs = 400;
    server.onSocket = (socket, count) => {
      if (count === 1)
        socket.emit('connection:closing', { code: 'SHUTTING_DOWN', action: 'reconnect', retryAfterMs: 9_000 });
      if (count <= 2) socket.disconnect(true);
    };
    connection.start();
    await until(() => clock.waits.length === 1);
    expect(clock.waits).toEqual([9_500]);
    const startedAt = performance.now();
    stayAwayMs = 60_000;
    for (; server.tokens.length < 2; await new Promise((resolve) => setTimeout(resolve, 5))) connection.start();
    expect(performance.now() - startedAt).toBeGreaterThan(300);
    await until(() => clock.waits.length === 2);
    expect(clock.waits[1]).toBe(61_500);
    connection.start();
    await until(() => connection.state === 'online');
  });

  it('tries again when nobody is there, and stops when told to', async () => {
    const nobody = new Connection(
      new SocketTransport('http://127.0.0.1:1'),
      {
        token: () => Promise.resolve('t'),
        online: () => undefined,
        offline: () => 0,
        state: (state) => void told.push(state),
        closed: () => void told.push('closed'),
      },
      new SystemLocalClock(),
    );
    nobody.start();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(nobody.state).toBe('connecting');
    nobody.stop();
    expect(told).toEqual(['connecting', 'stopped']);
  });
});
