import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { FaultProxy } from './fault-proxy.js';
import { eventually } from './people.js';

describe('FaultProxy', () => {
  const http = createServer((_, response) => response.end('answer'));
  const server = new Server(http, { transports: ['websocket'] });
  const sockets: Socket[] = [];
  let proxy: FaultProxy;
  let handled = 0;

  beforeEach(async () => {
    handled = 0;
    if (!http.listening) await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const { port } = http.address() as AddressInfo;
    proxy = await FaultProxy.start({ to: ['127.0.0.1:1', `127.0.0.1:${port}`], seed: 7 });
    server.removeAllListeners();
    server.on('connection', (socket) => {
      socket.on('event', (text: string, answer: (text: string) => void) => {
        handled += 1;
        answer(text);
      });
    });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.disconnect();
    await proxy.close();
  });
  afterAll(() => server.close());

  const open = async (): Promise<Socket> => {
    const options = { transports: ['websocket'], reconnection: false, forceNew: true };
    const socket = io(`http://127.0.0.1:${proxy.port}`, options);
    sockets.push(socket);
    await eventually(() => socket.connected);
    return socket;
  };
  const ask = (socket: Socket, text: string): Promise<string> =>
    socket.timeout(300).emitWithAck('event', text) as Promise<string>;

  it('passes everything on, past a target that refuses', async () => {
    expect(await (await fetch(`http://127.0.0.1:${proxy.port}`)).text()).toBe('answer');
    const socket = await open();
    const long = 'x'.repeat(300_000);
    expect(await ask(socket, long)).toBe(long);
  });

  it('cuts, takes nobody meanwhile, and mends', async () => {
    const socket = await open();
    proxy.cut();
    await eventually(() => socket.disconnected);
    await expect(fetch(`http://127.0.0.1:${proxy.port}`)).rejects.toThrow();
    proxy.mend();
    expect(await ask(await open(), 'back')).toBe('back');
  });

  it('holds back without an end, and lets what is under way arrive', async () => {
    const socket = await open();
    proxy.hold();
    await expect(ask(socket, 'held')).rejects.toThrow();
    expect([socket.connected, handled]).toEqual([true, 0]);
    proxy.mend();
    await eventually(() => handled === 1);
  });

  it('delays each piece and not the next one with it', async () => {
    const socket = await open();
    proxy.delay(60);
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 20 }, (_, index) => ask(socket, `${index}`)));
    const took = performance.now() - startedAt;
    expect(took).toBeGreaterThanOrEqual(115);
    expect(took).toBeLessThan(20 * 60);
  });

  it('drops and repeats acknowledgements, whole and by a seed', async () => {
    proxy.faultyAcks({ drop: 0.3, duplicate: 0.3 });
    const socket = await open();
    let acknowledgements = 0;
    socket.io.engine.on('packet', ({ data }: { data?: unknown }) => {
      if (String(data).startsWith('3')) acknowledgements += 1;
    });
    const answers = await Promise.allSettled(Array.from({ length: 100 }, (_, index) => ask(socket, `${index}`)));
    const got = answers.filter(({ status }) => status === 'fulfilled').length;
    expect(handled).toBe(100);
    expect(got).toBeGreaterThan(50);
    expect(got).toBeLessThan(90);
    expect(acknowledgements).toBeGreaterThan(got + 10);
  });
});
