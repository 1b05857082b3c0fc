import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'socket.io-client';
import { RandomIds } from '../../src/shared/ids.js';
import { EmbeddedStores } from '../rig/embedded-stores.js';
import { FaultProxy } from '../rig/fault-proxy.js';
import type { NodeProcess } from '../rig/node-process.js';
import { memoryOf, Nodes } from '../rig/nodes.js';
import { eventually } from '../rig/people.js';
import { type RawPair, registerPair, sealed, storedIn } from '../rig/raw-pair.js';
import { ask, RawPerson } from '../rig/raw-person.js';
import { sharedRedis } from '../rig/shared-server.js';
import { RawWebSocket } from './bad-inputs/raw-web-socket.js';

jest.setTimeout(60_000);
const LATEST_AFTER_WINDOW_MS = 5_000;
const ids = new RandomIds();

interface Closing {
  readonly code: string;
  readonly action: string;
  readonly at: number;
}

const urlOf = ({ port }: NodeProcess): string => `http://localhost:${port}`;

const health = async (node: NodeProcess, what: 'live' | 'ready'): Promise<number> =>
  (await fetch(`${urlOf(node)}/health/${what}`)).status;

/** Resolves with what the server said before it closed, and when. */
const closingOf = (socket: Socket): Promise<Closing> =>
  new Promise((resolve) => {
    socket.once('connection:closing', (closing: Closing) => resolve({ ...closing, at: performance.now() }));
  });

describe('a node that stops', () => {
  let nodes: Nodes;
  let server: NodeProcess;
  const started = async (windowMs: number): Promise<void> => {
    nodes = await Nodes.start(new EmbeddedStores(), { overrides: { drain: { windowMs } } });
    server = nodes.first;
  };
  afterEach(() => nodes.close());

  it('is not ready at once, serves on, takes no new sockets, and sends the others away one after the other', async () => {
    const windowMs = 3_000;
    await started(windowMs);
    const people = await Promise.all(Array.from({ length: 20 }, () => RawPerson.register(urlOf(server))));
    const sockets = await Promise.all([...people, ...people].map((person) => person.connect()));
    const [person] = people as [RawPerson];
    expect([await health(server, 'live'), await health(server, 'ready')]).toEqual([200, 200]);
    const closings = Promise.all(sockets.map(closingOf));
    const begunAt = performance.now();
    const code = server.kill('SIGTERM');
    await eventually(async () => (await health(server, 'ready')) === 503);
    expect(await (await fetch(`${urlOf(server)}/health/ready`)).json()).toMatchObject({
      error: { code: 'UNAVAILABLE' },
    });
    expect(await health(server, 'live')).toBe(200);
    expect((await person.request('GET', '/api/friends')).status).toBe(200);
    const refused = await RawWebSocket.open(server.port);
    expect(refused.status).toBe(503);
    expect(sockets.some(({ connected }) => connected)).toBe(true);

    const told = await closings;
    expect(new Set(told.map(({ code: why, action }) => `${why} ${action}`))).toEqual(
      new Set(['SHUTTING_DOWN reconnect']),
    );
    const quarters = [0, 0, 0, 0];
    for (const { at } of told) quarters[Math.min(3, Math.floor(((at - begunAt) / windowMs) * 4))]! += 1;
    expect(Math.max(...quarters)).toBeLessThanOrEqual(sockets.length / 2);
    expect(Math.min(...quarters.slice(0, 3))).toBeGreaterThanOrEqual(2);
    expect(await code).toBe(0);
    expect(performance.now() - begunAt).toBeLessThan(windowMs + LATEST_AFTER_WINDOW_MS);
  });

  it('finishes a request that is under way', async () => {
    await started(0);
    const request = connect(server.port, '127.0.0.1');
    const body = JSON.stringify({ username: 'somebody', purpose: 'login' });
    const head = ['POST /api/auth/challenges HTTP/1.1', 'Host: localhost', 'Content-Type: application/json'];
    request.write([...head, `Content-Length: ${body.length}`, '', body.slice(0, 5)].join('\r\n'));
    let answer = '';
    request.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    // It has arrived as soon as a later one was answered.
    await health(server, 'live');
    const code = server.kill('SIGTERM');
    await eventually(() => refusesConnections(server.port));
    request.write(body.slice(5));
    await eventually(() => answer.includes('\r\n\r\n'));
    expect(answer).toMatch(/^HTTP\/1.1 201/);
    expect(await code).toBe(0);
  });

  it('does not wait for those who hang', async () => {
    await started(500);
    const person = await RawPerson.register(urlOf(server));
    const silent = await RawWebSocket.login(server.port, person.tokens.accessToken);
    silent.stopReading();
    const stuck = connect(server.port, '127.0.0.1').on('error', () => undefined);
    stuck.write('POST /api/registration HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{');
    await health(server, 'live');
    const begunAt = performance.now();
    expect(await server.kill('SIGTERM')).toBe(0);
    expect(performance.now() - begunAt).toBeLessThan(500 + LATEST_AFTER_WINDOW_MS);
    silent.destroy();
    stuck.destroy();
  });

  it('ends at once when it is told twice, and not by one Ctrl-C that comes twice', async () => {
    await started(20_000);
    const person = await RawPerson.register(urlOf(server));
    await person.connect();
    const begunAt = performance.now();
    process.kill(server.pid, 'SIGINT');
    const code = server.kill('SIGINT');
    await eventually(async () => (await health(server, 'ready')) === 503);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await health(server, 'live')).toBe(200);
    process.kill(server.pid, 'SIGINT');
    expect(await code).toBe(1);
    expect(performance.now() - begunAt).toBeLessThan(10_000);
    person.disconnect();
  });
});

it('a process ends by an error that nothing caught, and says where without what', () => {
  const script = `import('./dist/src/process-end.js').then(({ endOnDefects }) => {
    endOnDefects();
    const failWithCanary = () => { throw Object.assign(new SyntaxError('canary in a text'), { args: ['canary'] }); };
    PLACE
  });`;
  const inPlaces = [
    'setTimeout(failWithCanary)',
    'void Promise.resolve().then(failWithCanary)',
    'Promise.reject("canary")',
  ];
  for (const place of inPlaces) {
    const { status, stderr } = spawnSync(process.execPath, ['-e', script.replace('PLACE', place)]);
    expect(status).toBe(1);
    expect(JSON.parse(stderr.toString())).toMatchObject({ level: 'fatal' });
    expect(stderr.toString()).not.toContain('canary');
    if (!place.includes('reject')) expect(stderr.toString()).toContain('failWithCanary');
  }
});

it('a process that is told to stop ends in time though nothing of it does', () => {
  const script = `import('./dist/src/process-end.js').then(({ endOnSignals }) => {
    setInterval(() => {}, 1_000);
    endOnSignals(() => new Promise(() => {}), 200);
    process.kill(process.pid, 'SIGTERM');
  });`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', script], { timeout: 20_000 });
  expect(status).toBe(0);
  expect(JSON.parse(stderr.toString())).toMatchObject({ level: 'warn' });
});

describe('a node and its stores', () => {
  let proxy: FaultProxy;
  let nodes: Nodes;
  let server: NodeProcess;
  let pairs: RawPair[];
  let sockets: Socket[];

  async function started(count: number): Promise<void> {
    const redis = await sharedRedis();
    proxy = await FaultProxy.start({ to: [redis.redis[0]?.address ?? ''] });
    nodes = await Nodes.start(new EmbeddedStores(), {
      overrides: {
        adapters: { messageStore: 'redis', ephemeral: 'redis' },
        redis: { ...redis.profile(`${ids.next()}:`), nodes: [proxy.address] },
        limits: { messagesPerConversation: { burst: 100_000 }, eventsPerSocket: { burst: 1_000, perSecond: 1_000 } },
      },
      environment: { ASHWIRE_REDIS_PASSWORD: redis.password },
    });
    server = nodes.first;
    pairs = await Promise.all(Array.from({ length: count }, () => registerPair(urlOf(server))));
    sockets = await Promise.all(pairs.flatMap(({ people }) => people.map((person) => person.connect())));
  }
  const conversationOf = (socket: number): string => pairs[Math.floor(socket / 2)]?.conversationId ?? '';
  afterEach(async () => {
    for (const person of pairs.flatMap(({ people }) => people)) person.disconnect();
    await nodes.close();
    await proxy.close();
  });

  it('answers what was asked before it closes a connection', async () => {
    await started(5);
    proxy.delay(120);
    const closings = Promise.all(sockets.map(closingOf));
    const answers = sockets.map((socket, index) =>
      Array.from({ length: 4 }, () => ask(socket, 'message:send', sealed(conversationOf(index)))),
    );
    // The others wait behind it.
    await Promise.race(answers.flat());
    const code = server.kill('SIGTERM');
    expect((await Promise.all(answers.flat())).every(({ ok }) => ok)).toBe(true);
    expect(await closings).toHaveLength(sockets.length);
    expect(await code).toBe(0);
  });

  it('stops in time though a store hangs', async () => {
    await started(1);
    proxy.hold();
    void ask(sockets[0]!, 'message:send', sealed(conversationOf(0))).catch(() => undefined);
    const begunAt = performance.now();
    expect(await server.kill('SIGTERM')).toBe(0);
    expect(performance.now() - begunAt).toBeLessThan(LATEST_AFTER_WINDOW_MS);
  });

  it.each(['cut', 'hold'] as const)(
    'that are out of reach (%s): refuses clearly, stays small, and works within 10 seconds after they are back',
    async (fault) => {
      await started(10);
      const accepted: string[][] = sockets.map(() => []);
      const refusals = new Set<string>();
      let isOver = false;
      const load = sockets.map(async (socket, index) => {
        while (!isOver) {
          const message = sealed(conversationOf(index));
          const { ok, error } = await ask(socket, 'message:send', message);
          if (ok) accepted[index]?.push(message.clientMessageId);
          else refusals.add(error?.code ?? '');
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      });
      const total = (): number => accepted.flat().length;
      await eventually(() => total() > 50);
      const before = memoryOf(server.pid);
      const startedAs = server.pid;

      proxy[fault]();
      await eventually(async () => (await health(server, 'ready')) === 503);
      expect(await health(server, 'live')).toBe(200);
      await eventually(() => refusals.size > 0);
      const duringFault = total();
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      expect(total() - duringFault).toBeLessThanOrEqual(sockets.length);
      expect([...refusals]).toEqual(['UNAVAILABLE']);
      expect((await pairs[0]!.people[0].request('GET', '/api/friends')).body.error?.code).toBe('UNAVAILABLE');
      expect(memoryOf(server.pid) - before).toBeLessThan(60);

      proxy.mend();
      const mendedAt = performance.now();
      const afterMend = total();
      await eventually(async () => total() > afterMend + sockets.length && (await health(server, 'ready')) === 200);
      expect(performance.now() - mendedAt).toBeLessThan(10_000);
      isOver = true;
      await Promise.all(load);
      for (const [index, socket] of sockets.entries()) {
        const stored = await storedIn(socket, conversationOf(index));
        expect(new Set(stored).size).toBe(stored.length);
        expect(accepted[index]?.filter((id) => !stored.includes(id))).toEqual([]);
      }
      expect([server.pid, sockets.every(({ connected }) => connected)]).toEqual([startedAs, true]);
    },
  );
});

async function refusesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return once(socket, 'connect').then(
    () => {
      socket.destroy();
      return false;
    },
    () => true,
  );
}
