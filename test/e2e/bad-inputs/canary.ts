import { expect } from '@jest/globals';
import type { Socket } from 'socket.io-client';
import { RandomIds } from '../../../src/shared/ids.js';
import type { Profile } from '../../../src/config/config.schema.js';
import { type DeepPartial, merge } from '../../../src/config/deep-partial.js';
import { ask, befriend, RawPerson } from '../../rig/raw-person.js';
import { type RunningServer, startServer } from '../../rig/server.js';

const ids = new RandomIds();

/** The application in this process; the canary may speak after each row of a table. */
export const startTestServer = (overrides: DeepPartial<Profile> = {}): Promise<RunningServer> =>
  startServer(
    merge(
      { limits: { messagesPerConversation: { burst: 100_000 }, eventsPerSocket: { burst: 10_000 } } },
      overrides,
    ) as DeepPartial<Profile>,
  );

/** Begins the encryption of a conversation, as far as the server sees it. */
export async function beginEpoch(socket: Socket, conversationId: string, friend: RawPerson): Promise<void> {
  const welcomed = [{ userId: friend.tokens.userId, deviceId: friend.deviceId }];
  const reset = { conversationId, baseEpoch: 0, kind: 'reset', welcome: 'welcome', welcomed };
  const { ok } = await ask(socket, 'handshake:submit', reset);
  expect(ok).toBe(true);
}

export const messageIn = (conversationId: string, ciphertext = 'sealed', epoch = 1) => ({
  conversationId,
  clientMessageId: ids.next(),
  epoch,
  ciphertext,
  burnAfterReadSeconds: 0,
});

/** Two friends, connected, in epoch 1. */
export interface Pair {
  readonly one: RawPerson;
  readonly other: RawPerson;
  readonly a: Socket;
  readonly b: Socket;
  readonly conversationId: string;
}

export async function pairOf(url: string): Promise<Pair> {
  const [one, other] = [await RawPerson.register(url), await RawPerson.register(url)];
  const conversationId = await befriend(one, other);
  const [a, b] = [await one.connect(), await other.connect()];
  await beginEpoch(a, conversationId, other);
  return { one, other, a, b, conversationId };
}

export function part({ one, other }: Pair): void {
  one.disconnect();
  other.disconnect();
}

/** Two people who only want to talk while others misbehave. */
export class Canary {
  private constructor(private readonly pair: Pair) {}

  static async start(url: string): Promise<Canary> {
    return new Canary(await pairOf(url));
  }

  /** A message goes through and is read, the stores answer, and nobody has an inherited `admin`. */
  async lives(withinMs = 2_000): Promise<void> {
    const { a, b, conversationId, one } = this.pair;
    const startedAt = Date.now();
    const received = new Promise<{ entry: { seq: number }; incarnation: string }>((resolve) =>
      b.once('message:received', resolve),
    );
    const { ok, data } = await ask(a, 'message:send', messageIn(conversationId));
    expect(ok).toBe(true);
    const { entry, incarnation } = await received;
    expect(entry.seq).toBe(data?.['seq']);
    expect((await ask(b, 'message:read', { conversationId, incarnation, seqs: [entry.seq] })).ok).toBe(true);
    expect((await one.request('GET', '/health/ready')).status).toBe(200);
    expect(Date.now() - startedAt).toBeLessThan(withinMs);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  }

  stop(): void {
    part(this.pair);
  }
}
