import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { befriend, eventually, leave, type Person, receive, registerPerson } from '../../test/rig/people.js';
import { type RunningServer, startServer } from '../../test/rig/server.js';
import type { LocalClock } from '../time/local-clock.js';
import type { SocketTransport } from '../transport/socket-transport.js';

const partsOf = ({ client }: Person): { socket: SocketTransport; localClock: LocalClock } =>
  (client as unknown as { parts: { socket: SocketTransport; localClock: LocalClock } }).parts;

/** Between the client and its server: the answer to a page of the log that begins after `afterSeq`. */
function answerSync(person: Person, answer: (afterSeq: number, honest: object) => object): void {
  const { socket } = partsOf(person);
  const emit = socket.emit.bind(socket);
  socket.emit = async (event, request) => {
    const honest = await emit(event, request);
    if (event !== 'message:sync') return honest;
    return answer((request as unknown as { afterSeq: number }).afterSeq, honest);
  };
}

describe('a client that goes round in a circle', () => {
  let server: RunningServer;
  let alice: Person;
  let bob: Person;
  let id: string;
  let waits: number[];
  let troubles: string[];

  beforeAll(async () => (server = await startServer()));
  afterAll(() => server.close());
  beforeEach(async () => {
    alice = await registerPerson(server.url);
    bob = await registerPerson(server.url);
    id = await befriend(alice, bob);
    await alice.client.conversation(id).send('first');
    await receive(bob, id, 'first');
    waits = [];
    troubles = [];
    bob.client.on('trouble', ({ code }) => troubles.push(code));
    const { localClock } = partsOf(bob);
    const after = localClock.after.bind(localClock);
    localClock.after = (milliseconds, action, isIdle) => {
      // The time-outs of requests are not waits between tries.
      if (milliseconds < 500 || milliseconds > 100_000) return after(milliseconds, action, isIdle);
      waits.push(milliseconds);
      return after(5, action, isIdle);
    };
  });
  afterEach(() => leave(alice, bob));

  const outOfOrder = (honest: object): object => ({
    ...honest,
    entries: (honest as { entries: object[] }).entries.map((entry) => ({ ...entry, seq: 0 })),
  });

  it('reads everything anew when the same gap comes again and again, and shows nothing twice', async () => {
    await bob.client.disconnect();
    await alice.client.conversation(id).send('behind the gap');
    const shown: string[] = [];
    bob.client.on('message', ({ text }) => shown.push(text ?? ''));
    const asked: number[] = [];
    let hasFailed = 0;
    answerSync(bob, (afterSeq, honest) => {
      asked.push(afterSeq);
      const isBegunAnew = hasFailed >= 6;
      if (!isBegunAnew) hasFailed += 1;
      return isBegunAnew ? honest : outOfOrder(honest);
    });
    await bob.client.connect();
    await receive(bob, id, 'behind the gap');
    expect(shown).toEqual(['behind the gap']);
    expect(asked.at(6)).toBe(0);
    expect(troubles).toEqual([]);
  });

  it('says so and tries once a minute when that does not help', async () => {
    await bob.client.disconnect();
    await alice.client.conversation(id).send('never to be read');
    answerSync(bob, (_, honest) => outOfOrder(honest));
    const connecting = bob.client.connect().catch(() => undefined);
    await eventually(() => troubles.length >= 1, 20_000);
    expect(troubles[0]).toBe('UNSTABLE');
    await eventually(() => waits.some((wait) => wait >= 60_000));
    expect(waits.filter((wait) => wait < 60_000).length).toBeGreaterThanOrEqual(11);
    await bob.client.disconnect();
    await connecting;
  }, 40_000);

  it('finds the same in connections that end again and again, and not in a server that says it stops', async () => {
    const { socket } = partsOf(bob);
    const isOnline = (): Promise<void> => eventually(() => bob.client.state === 'online' && socket.isReady);
    const endings = async (count: number, closing: object): Promise<void> => {
      for (let ended = 0; ended < count; ended++) {
        await isOnline();
        const state: string[] = [];
        const off = bob.client.on('connection', ({ state: next }) => state.push(next));
        socket.close();
        socket.events.emit('disconnected', closing);
        await eventually(() => state.includes('connecting'));
        off();
      }
    };
    await endings(13, { closing: { code: 'SHUTTING_DOWN', action: 'reconnect' } });
    expect(troubles).toEqual([]);
    await endings(11, {});
    expect([troubles, Math.max(...waits) < 60_000]).toEqual([[], true]);
    await endings(1, {});
    expect(troubles).toEqual(['UNSTABLE']);
    await isOnline();
    expect(Math.max(...waits)).toBeGreaterThanOrEqual(60_000);
    await alice.client.conversation(id).send('after all');
    await receive(bob, id, 'after all');
  }, 40_000);
});
