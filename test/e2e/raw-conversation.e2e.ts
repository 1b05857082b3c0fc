import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Socket } from 'socket.io-client';
import { RandomIds } from '../../src/shared/ids.js';
import { ask, befriend, RawPerson } from '../rig/raw-person.js';
import { type RunningServer, startServer } from '../rig/server.js';

describe('a conversation over the bare protocol', () => {
  const ids = new RandomIds();
  let server: RunningServer;
  let alice: RawPerson;
  let bob: RawPerson;
  let conversationId: string;
  let a: Socket;
  let b: Socket;
  const once = (socket: Socket, event: string) =>
    new Promise<Record<string, unknown>>((resolve) => socket.once(event, resolve));
  const envelope = () => ({
    conversationId,
    clientMessageId: ids.next(),
    epoch: 1,
    ciphertext: 'sealed',
    burnAfterReadSeconds: 0,
  });

  beforeAll(async () => {
    server = await startServer();
    alice = await RawPerson.register(server.url);
    bob = await RawPerson.register(server.url);
    conversationId = await befriend(alice, bob);
    a = await alice.connect();
    b = await bob.connect();
    const welcomed = [{ userId: bob.tokens.userId, deviceId: bob.deviceId }];
    const reset = { conversationId, baseEpoch: 0, kind: 'reset', welcome: 'welcome', welcomed };
    expect(await ask(a, 'handshake:submit', reset)).toEqual({
      ok: true,
      data: { epoch: 1 },
    });
  });

  afterAll(async () => {
    alice.disconnect();
    bob.disconnect();
    await server.close();
  });

  it('goes accepted, delivered, read, burned, each told to the sender', async () => {
    const received = once(b, 'message:received');
    const message = envelope();
    const { data } = await ask(a, 'message:send', message);
    expect(data).toMatchObject({ seq: 1, duplicate: false });
    const { incarnation } = data as { incarnation: string };
    expect(await received).toMatchObject({
      conversationId,
      incarnation,
      entry: { seq: 1, ciphertext: 'sealed', senderId: alice.tokens.userId },
    });

    const delivered = once(a, 'message:receipt');
    expect(await ask(b, 'message:delivered', { conversationId, incarnation, seqs: [1] })).toEqual({
      ok: true,
      data: {},
    });
    expect(await delivered).toMatchObject({ kind: 'delivered', messages: [{ seq: 1 }] });

    const read = once(a, 'message:receipt');
    const burned = Promise.all([once(a, 'message:burned'), once(b, 'message:burned')]);
    await ask(b, 'message:read', { conversationId, incarnation, seqs: [1] });
    expect(await read).toMatchObject({ kind: 'read' });
    expect(await burned).toEqual([
      expect.objectContaining({ messages: [{ seq: 1, reason: 'read' }] }),
      expect.objectContaining({ messages: [{ seq: 1, reason: 'read' }] }),
    ]);
    const page = await ask(b, 'message:sync', { conversationId, afterSeq: 0, limit: 10 });
    expect(page.data).toMatchObject({ entries: [{ seq: 1, burned: 'read' }] });
  });

  it('ends a page early when its messages are large, and gives the rest on the next', async () => {
    const ciphertext = 'x'.repeat(48_000);
    const sent: number[] = [];
    for (let i = 0; i < 8; i += 1)
      sent.push((await ask(a, 'message:send', { ...envelope(), ciphertext })).data?.['seq'] as number);
    const page = async (afterSeq: number) => {
      const { data } = await ask(b, 'message:sync', { conversationId, afterSeq, limit: 100 });
      return (data?.['entries'] as { seq: number }[]).map(({ seq }) => seq);
    };
    const first = await page((sent[0] ?? 0) - 1);
    expect(first).toEqual(sent.slice(0, 5));
    expect(await page(first.at(-1) ?? 0)).toEqual(sent.slice(5));
  });

  it('stores a pipelined burst in the order of its sending', async () => {
    const sent = Array.from({ length: 20 }, envelope);
    const answers = await Promise.all(sent.map((message) => ask(a, 'message:send', message)));
    const seqs = answers.map(({ data }) => data?.['seq'] as number);
    expect(seqs).toEqual([...seqs].sort((x, y) => x - y));
  });
});
