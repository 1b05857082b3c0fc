import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Socket } from 'socket.io-client';
import { LIMITS } from '../../../src/protocol/limits.js';
import { RandomIds } from '../../../src/shared/ids.js';
import { ask, RawPerson } from '../../rig/raw-person.js';
import type { RunningServer } from '../../rig/server.js';
import { Canary, messageIn, type Pair, pairOf, part, startTestServer } from './canary.js';
import { eventually } from '../../rig/people.js';

const ids = new RandomIds();

describe('conversations and messages of others, and lives that would be longer', () => {
  let server: RunningServer;
  let canary: Canary;
  let pair: Pair;
  let mallory: RawPerson;
  let m: Socket;

  beforeAll(async () => {
    server = await startTestServer({
      limits: { handshakesPerConversation: { points: 1_000 }, violationsBeforeClose: 10_000 },
    });
    canary = await Canary.start(server.url);
    pair = await pairOf(server.url);
    mallory = await RawPerson.register(server.url);
    m = await mallory.connect();
  });
  afterAll(async () => {
    part(pair);
    mallory.disconnect();
    canary.stop();
    await server.close();
  });

  const sendTo = async (socket: Socket, change: Record<string, unknown> = {}) => {
    const { ok, data } = await ask(socket, 'message:send', { ...messageIn(pair.conversationId), ...change });
    expect(ok).toBe(true);
    return data as { incarnation: string; seq: number; acceptedAt: number; burnAt: number };
  };
  const entryOf = async (seq: number) => {
    const page = await ask(pair.b, 'message:sync', {
      conversationId: pair.conversationId,
      afterSeq: seq - 1,
      limit: 1,
    });
    return (page.data?.['entries'] as Record<string, unknown>[])[0] ?? {};
  };

  it.each<[string, (conversationId: string) => Record<string, unknown>]>([
    ['message:send', (conversationId) => messageIn(conversationId)],
    ['message:sync', (conversationId) => ({ conversationId, afterSeq: 0, limit: 10 })],
    ['message:delivered', (conversationId) => ({ conversationId, incarnation: ids.next(), seqs: [1] })],
    ['message:read', (conversationId) => ({ conversationId, incarnation: ids.next(), seqs: [1] })],
    ['message:burn', (conversationId) => ({ conversationId, incarnation: ids.next(), seqs: [1] })],
    ['conversation:set-burn', (conversationId) => ({ conversationId, burnAfterReadSeconds: 0 })],
    ['typing:set', (conversationId) => ({ conversationId, typing: true })],
    ['handshake:list', (conversationId) => ({ conversationId, afterEpoch: 0 })],
    ['handshake:done', (conversationId) => ({ conversationId, epoch: 1 })],
    [
      'handshake:submit',
      (conversationId) => ({ conversationId, baseEpoch: 1, kind: 'commit', commit: 'abc', welcomed: [] }),
    ],
  ])('%s in a conversation of others: as if there were none', async (event, payload) => {
    const others = await ask(m, event, payload(pair.conversationId));
    const none = await ask(m, event, payload(ids.next()));
    expect(others).toEqual(none);
    expect(others.error?.code).toBe('NOT_FOUND');
    await canary.lives();
  });

  it('none of it had an effect, and the list shows nothing', async () => {
    expect((await ask(m, 'conversation:list', {})).data?.['conversations']).toEqual([]);
    expect((await ask(m, 'presence:list', {})).data?.['friends']).toEqual([]);
    const { data } = await ask(pair.a, 'conversation:list', {});
    expect(data?.['conversations']).toEqual([
      expect.objectContaining({ epoch: 1, headSeq: 0, burnAfterReadSeconds: 30 }),
    ]);
  });

  describe('burning', () => {
    const burn = (socket: Socket, position: object) =>
      ask(socket, 'message:burn', { conversationId: pair.conversationId, ...position });
    const done = { ok: true, data: {} };

    it('unknown sequences, another log, twice, after it has burned: answered alike, nothing else burns', async () => {
      const kept = await sendTo(pair.a);
      const { incarnation, seq } = await sendTo(pair.a);
      expect(await burn(pair.b, { incarnation, seqs: [seq + 1_000, Number.MAX_SAFE_INTEGER] })).toEqual(done);
      expect(await burn(pair.b, { incarnation: ids.next(), seqs: [seq] })).toEqual(done);
      expect((await entryOf(seq))['ciphertext']).toBe('sealed');
      for (let i = 0; i < 2; i += 1) expect(await burn(pair.b, { incarnation, seqs: [seq, seq, seq] })).toEqual(done);
      expect(await entryOf(seq)).not.toHaveProperty('ciphertext');
      expect((await entryOf(kept.seq))['ciphertext']).toBe('sealed');
      await canary.lives();
    });

    it('a message’s reader cannot be its sender, and a sender’s own "read" does not start the clock', async () => {
      const { incarnation, seq, burnAt } = await sendTo(pair.a);
      const position = { conversationId: pair.conversationId, incarnation, seqs: [seq] };
      expect((await ask(pair.a, 'message:read', position)).data).toEqual({ burnTimes: [] });
      expect((await ask(pair.a, 'message:delivered', position)).ok).toBe(true);
      expect(await entryOf(seq)).toMatchObject({ burnAt, ciphertext: 'sealed' });
    });
  });

  describe('a life', () => {
    it('is an hour at most, whatever the request says', async () => {
      for (const change of [
        {},
        { burnAfterReadSeconds: 3_600 },
        { notAfter: Number.MAX_SAFE_INTEGER },
        { notAfter: Date.now() + 1e12 },
      ]) {
        const { acceptedAt, burnAt } = await sendTo(pair.a, change);
        expect(burnAt - acceptedAt).toBe(LIMITS.messageLifeMs);
        expect(Math.abs(acceptedAt - Date.now())).toBeLessThan(5_000);
      }
    });

    it('is only shortened by notAfter; one that is over is not sent', async () => {
      const notAfter = Date.now() + 10_000;
      expect((await sendTo(pair.a, { notAfter })).burnAt).toBe(notAfter);
      const past = await ask(pair.a, 'message:send', { ...messageIn(pair.conversationId), notAfter: Date.now() - 1 });
      expect(past.error?.code).toBe('MESSAGE_EXPIRED');
      expect((await ask(pair.a, 'message:send', { ...messageIn(pair.conversationId), notAfter: 0 })).error?.code).toBe(
        'MESSAGE_EXPIRED',
      );
    });

    it('after reading is the stricter of message and conversation; reading again does not lengthen it', async () => {
      await ask(pair.b, 'conversation:set-burn', { conversationId: pair.conversationId, burnAfterReadSeconds: 5 });
      const { incarnation, seq } = await sendTo(pair.a, { burnAfterReadSeconds: 3_600 });
      const read = () => ask(pair.b, 'message:read', { conversationId: pair.conversationId, incarnation, seqs: [seq] });
      const [time] = (await read()).data?.['burnTimes'] as { burnAt: number }[];
      expect((time?.burnAt ?? Infinity) - Date.now()).toBeLessThanOrEqual(5_000);
      await ask(pair.b, 'conversation:set-burn', { conversationId: pair.conversationId, burnAfterReadSeconds: 3_600 });
      await read();
      expect((await entryOf(seq))['burnAt']).toBe(time?.burnAt);
    });

    it('is not begun anew by the same client message id', async () => {
      const message = messageIn(pair.conversationId);
      const first = (await ask(pair.a, 'message:send', message)).data;
      expect((await ask(pair.a, 'message:send', { ...message, notAfter: Date.now() + 1e9 })).data).toEqual({
        ...first,
        duplicate: true,
      });
      const other = await ask(pair.a, 'message:send', { ...message, ciphertext: 'other' });
      expect(other.error?.code).toBe('CLIENT_MESSAGE_ID_REUSED');
      await canary.lives();
    });
  });

  describe('handshakes and epochs', () => {
    const submit = (change: object) =>
      ask(pair.a, 'handshake:submit', {
        conversationId: pair.conversationId,
        baseEpoch: 1,
        kind: 'commit',
        commit: 'abc',
        welcomed: [],
        ...change,
      });

    it.each([2, 1_000, Number.MAX_SAFE_INTEGER])('a message for epoch %d, which is not: EPOCH_STALE', async (epoch) => {
      const { error } = await ask(pair.a, 'message:send', messageIn(pair.conversationId, 'sealed', epoch));
      expect(error).toMatchObject({ code: 'EPOCH_STALE', details: { epoch: 1 } });
    });

    it.each([0, 2, Number.MAX_SAFE_INTEGER])(
      'a handshake on epoch %d, which is not: EPOCH_STALE',
      async (baseEpoch) => {
        expect((await submit({ baseEpoch })).error).toMatchObject({ code: 'EPOCH_STALE', details: { epoch: 1 } });
      },
    );

    it('a welcome for a stranger, for one device twice, for nobody: BAD_REQUEST', async () => {
      const { userId } = pair.other.tokens;
      const { deviceId } = pair.other;
      const stranger = { userId: mallory.tokens.userId, deviceId: mallory.deviceId };
      for (const welcomed of [
        [stranger],
        [{ userId, deviceId }, stranger],
        [
          { userId, deviceId },
          { userId, deviceId },
        ],
        [],
      ]) {
        expect((await submit({ kind: 'reset', welcome: 'welcome', welcomed })).error?.code).toBe('BAD_REQUEST');
        expect((await submit({ welcome: 'welcome', welcomed })).error?.code).toBe('BAD_REQUEST');
      }
      expect((await ask(m, 'handshake:list', { conversationId: pair.conversationId, afterEpoch: 0 })).error?.code).toBe(
        'NOT_FOUND',
      );
    });

    it('two parts that together are larger than a frame end the connection, nothing is stored', async () => {
      const part = 'a'.repeat(LIMITS.ciphertextCharacters);
      const socket = await pair.one.connect();
      const closed = new Promise((resolve) => socket.once('disconnect', resolve));
      socket.emit(
        'handshake:submit',
        {
          conversationId: pair.conversationId,
          baseEpoch: 1,
          kind: 'commit',
          commit: part,
          welcome: part,
          welcomed: [],
        },
        () => {},
      );
      await closed;
      expect(
        (await ask(pair.a, 'handshake:list', { conversationId: pair.conversationId, afterEpoch: 1 })).data,
      ).toMatchObject({ epoch: 1, handshakes: [] });
      await canary.lives();
    });

    it('a part of the largest size is taken', async () => {
      expect(await submit({ commit: 'a'.repeat(LIMITS.ciphertextCharacters) })).toMatchObject({
        ok: true,
        data: { epoch: 2 },
      });
    });

    it('of 10 commits at once one is taken', async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, () => submit({ baseEpoch: 2 })));
      expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
      expect(answers.filter(({ error }) => error?.code === 'EPOCH_STALE')).toHaveLength(9);
      await canary.lives();
    });
  });
});

describe('who is not allowed any more', () => {
  let server: RunningServer;
  let canary: Canary;
  beforeAll(async () => {
    server = await startTestServer();
    canary = await Canary.start(server.url);
  });
  afterAll(async () => {
    canary.stop();
    await server.close();
  });

  it('a session revoked over HTTP loses its open socket within 5 s, and is told to log in', async () => {
    const pair = await pairOf(server.url);
    const closing = new Promise((resolve) => pair.a.once('connection:closing', resolve));
    const gone = new Promise((resolve) => pair.a.once('disconnect', resolve));
    const startedAt = Date.now();
    expect((await pair.one.request('DELETE', `/api/sessions/${pair.one.tokens.sessionId}`)).status).toBe(204);
    expect(await closing).toEqual({ code: 'SESSION_REVOKED', action: 'login' });
    await gone;
    expect(Date.now() - startedAt).toBeLessThan(5_000);
    await expect(pair.one.connect()).rejects.toThrow('SESSION_REVOKED');
    part(pair);
    await canary.lives();
  });

  it.each([
    ['removed', (pair: Pair) => pair.one.request('DELETE', `/api/friends/${pair.other.tokens.userId}`)],
    ['blocked', (pair: Pair) => pair.one.request('POST', '/api/blocks', { userId: pair.other.tokens.userId })],
  ])('a friend who was %s gets nothing sent afterwards, also on the socket that was open', async (_case, end) => {
    const pair = await pairOf(server.url);
    const { incarnation } = (await ask(pair.a, 'message:send', messageIn(pair.conversationId))).data as {
      incarnation: string;
    };
    expect((await end(pair)).status).toBe(204);
    const heard: string[] = [];
    pair.b.onAny((event: string) => heard.push(event));
    await eventually(
      async () => (await ask(pair.b, 'conversation:list', {})).data?.['conversations']?.toString() === '',
    );
    heard.length = 0;
    const attempts: [string, object][] = [
      ['message:send', messageIn(pair.conversationId)],
      ['typing:set', { conversationId: pair.conversationId, typing: true }],
      ['message:sync', { conversationId: pair.conversationId, afterSeq: 0, limit: 10 }],
      ['message:read', { conversationId: pair.conversationId, incarnation, seqs: [1] }],
      ['message:burn', { conversationId: pair.conversationId, incarnation, seqs: [1] }],
      ['handshake:list', { conversationId: pair.conversationId, afterEpoch: 0 }],
    ];
    for (const socket of [pair.a, pair.b]) {
      for (const [event, payload] of attempts) {
        expect((await ask(socket, event, payload)).error?.code).toBe('NOT_FOUND');
      }
    }
    pair.one.disconnect();
    await pair.one.connect();
    await canary.lives();
    expect(heard.filter((event) => event !== 'conversation:removed' && event !== 'friend:removed')).toEqual([]);
    part(pair);
  });
});
