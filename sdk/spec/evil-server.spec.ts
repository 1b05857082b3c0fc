import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  befriend,
  eventually,
  leave,
  type Person,
  reaches,
  receive,
  registerPerson,
  textsOf,
} from '../../test/rig/people.js';
import { type RunningServer, startServer } from '../../test/rig/server.js';
import type { MessageReceived } from '../../src/protocol/payloads/chat.payloads.js';
import { LIMITS } from '../../src/protocol/limits.js';
import type { SocketTransport } from '../transport/socket-transport.js';

/** The client's own socket: what is emitted on its events is what a server would have sent. */
const socketOf = ({ client }: Person): SocketTransport =>
  (client as unknown as { parts: { socket: SocketTransport } }).parts.socket;
const other = 'Z'.repeat(22);

type Tamper = (event: string, answer: Record<string, unknown>) => unknown;

/** The real server's answers, changed on their way. */
function tamper(person: Person, change: Tamper): void {
  const socket = socketOf(person);
  const emit = socket.emit.bind(socket);
  socket.emit = async (event, request) =>
    change(event, (await emit(event, request)) as unknown as Record<string, unknown>) as never;
}

describe('an evil server', () => {
  let server: RunningServer;
  let alice: Person;
  let bob: Person;
  let id: string;
  let errors: string[];
  let pushes: MessageReceived[];

  beforeAll(async () => (server = await startServer({ limits: { resetsPerConversation: { points: 100 } } })));
  afterAll(() => server.close());

  beforeEach(async () => {
    alice = await registerPerson(server.url);
    bob = await registerPerson(server.url);
    id = await befriend(alice, bob);
    errors = [];
    pushes = [];
    bob.client.on('error', ({ code }) => errors.push(code));
    socketOf(bob).events.on('message:received', (push) => pushes.push(push));
    await say('genuine');
  });
  afterEach(() => leave(alice, bob));

  async function say(text: string): Promise<void> {
    await alice.client.conversation(id).send(text);
    await receive(bob, id, text);
  }

  /** Bob gets the last push again, with these changes, as the next of the log. */
  async function push(change: Partial<MessageReceived['entry']>, conversationId = id): Promise<void> {
    const last = pushes.at(-1) as MessageReceived;
    const entry = { ...last.entry, seq: last.entry.seq + 1, clientMessageId: other, ...change };
    socketOf(bob).events.emit('message:received', { ...last, conversationId, entry });
    await eventually(() => errors.length > 0 || conversationId !== id);
  }

  it('cannot replay a message under another id', async () => {
    await push({});
    expect(errors[0]).toBe('UNREADABLE');
    expect(await textsOf(bob, id)).toEqual(['genuine']);
  });

  it('cannot show a message as of somebody else', async () => {
    await push({ senderId: other });
    expect(errors[0]).toBe('BAD_ANSWER');
    expect(await textsOf(bob, id)).toEqual(['genuine']);
  });

  it('cannot bring anything into a conversation that is not there', async () => {
    await push({}, other);
    expect(await bob.client.conversations.list()).toHaveLength(1);
  });

  it('cannot lengthen a burn time that the message authenticates', async () => {
    const inTransit = (entry: Record<string, unknown>) => ({ ...entry, burnAfterReadSeconds: 3_600 });
    tamper(bob, (event, answer) =>
      event === 'message:sync'
        ? { ...answer, entries: (answer['entries'] as Record<string, unknown>[]).map(inTransit) }
        : answer,
    );
    await bob.client.disconnect();
    const { id: sent } = await alice.client.conversation(id).send('longer');
    await reaches(alice, sent, 'accepted');
    await bob.client.connect();
    await eventually(() => errors.includes('UNREADABLE'));
    // What is shown in the end is the sender's repetition in a new session, as the sender wrote it.
    for (const shown of await bob.client.conversation(id).messages()) {
      expect(shown.text === undefined || shown.burnAfterReadSeconds < 3_600).toBe(true);
    }
  });

  it('cannot make a message live longer than an hour', async () => {
    const later = (entry: Record<string, unknown>) => ({ ...entry, burnAt: (entry['burnAt'] as number) + 9_999_999 });
    tamper(bob, (event, answer) =>
      event === 'message:sync'
        ? { ...answer, entries: (answer['entries'] as Record<string, unknown>[]).map(later) }
        : answer,
    );
    await bob.client.disconnect();
    const { id: sent } = await alice.client.conversation(id).send('clamped');
    await reaches(alice, sent, 'accepted');
    await bob.client.connect();
    const got = await receive(bob, id, 'clamped');
    expect(got.burnAt).toBeLessThanOrEqual((got.acceptedAt as number) + LIMITS.messageLifeMs);
  });

  it('cannot stop the client with a sequence that goes back, and nothing is shown twice', async () => {
    const seen: string[] = [];
    bob.client.on('message', ({ text }) => seen.push(text ?? ''));
    let isShort = true;
    tamper(bob, (event, answer) => {
      if (event !== 'message:sync' || !isShort) return answer;
      isShort = false;
      return { ...answer, headSeq: 0, entries: [] };
    });
    await bob.client.disconnect();
    await bob.client.connect();
    expect(errors).toContain('BAD_ANSWER');
    await say('after the lie');
    expect(seen).toEqual(['after the lie']);
  });

  it('cannot stop the client with pushes of a wrong shape, nor with a handler that throws', async () => {
    const { socket } = socketOf(bob) as unknown as {
      socket: { listenersAny(): ((event: string, payload: unknown) => void)[] };
    };
    const [receiveAnything] = socket.listenersAny();
    for (const payload of [
      undefined,
      null,
      7,
      'x',
      [],
      {},
      { entry: null },
      JSON.parse('{"__proto__":{"entry":{}}}'),
    ]) {
      for (const event of ['message:received', 'conversation:updated', 'friend:changed', '__proto__', 'nonsense'])
        receiveAnything?.(event, payload);
    }
    expect(new Set(errors)).toEqual(new Set(['BAD_ANSWER']));
    await say('still here');
  });

  it('cannot put a group into the conversation that was made for another one', async () => {
    const states = await bob.storage.get(`session/${id}`);
    tamper(bob, (event, answer) => {
      if (event !== 'handshake:list') return answer;
      const handshakes = answer['handshakes'] as { epoch: number }[];
      return {
        ...answer,
        epoch: (answer['epoch'] as number) + 1,
        handshakes: handshakes.map((one) => ({ ...one, epoch: one.epoch + 1 })),
      };
    });
    await alice.client.conversation(id).resetSession();
    await eventually(async () => (await bob.storage.get(`session/${id}`)) !== states);
    const session = JSON.parse(new TextDecoder().decode(await bob.storage.get(`session/${id}`))) as {
      state?: string;
      epoch: number;
    };
    if (session.epoch > 1) expect(session.state).toBeUndefined();
  });
});
