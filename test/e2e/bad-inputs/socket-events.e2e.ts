import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RandomIds } from '../../../src/shared/ids.js';
import { LIMITS } from '../../../src/protocol/limits.js';
import type { RunningServer } from '../../rig/server.js';
import { Canary, messageIn, type Pair, pairOf, part, startTestServer } from './canary.js';
import { RawWebSocket } from './raw-web-socket.js';

const ids = new RandomIds();
const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('events with a payload that is not theirs', () => {
  let server: RunningServer;
  let canary: Canary;
  let pair: Pair;
  let raw: RawWebSocket;

  beforeAll(async () => {
    server = await startTestServer({ limits: { violationsBeforeClose: 10_000 } });
    canary = await Canary.start(server.url);
    pair = await pairOf(server.url);
  });
  beforeEach(async () => {
    if (!(raw as RawWebSocket | undefined) || raw.closed) {
      raw = await RawWebSocket.login(server.port, pair.one.tokens.accessToken);
    }
  });
  afterAll(async () => {
    raw.destroy();
    part(pair);
    canary.stop();
    await server.close();
  });

  const problemOf = async (event: string, ...payload: string[]): Promise<string | undefined> => {
    const { ok, error } = await raw.ask(event, ...payload);
    expect(ok).toBe(false);
    expect(Object.keys(error ?? {}).sort()).toEqual(['code', 'details', 'message']);
    expect(JSON.stringify(error)).not.toMatch(/\bat .+:\d+:\d+|node_modules|SELECT /);
    await canary.lives();
    expect(raw.closed).toBe(false);
    return error?.code;
  };

  it.each([
    'hello',
    'message:',
    'message:received',
    'connection:closing',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'error',
    '',
    ' message:send',
    'MESSAGE:SEND',
    'a'.repeat(10_000),
    '🔥',
    '\u0000',
  ])('the event %j: UNKNOWN_EVENT', async (event) => expect(await problemOf(event, '{}')).toBe('UNKNOWN_EVENT'));

  it('an event named by a number: UNKNOWN_EVENT', async () => {
    raw.say('42777[7,{}]');
    expect(await raw.hears('43777[')).toContain('UNKNOWN_EVENT');
  });

  const send = (change: Record<string, string>): string => {
    const fields: Record<string, string> = Object.fromEntries(
      Object.entries(messageIn(pair.conversationId)).map(([name, value]) => [name, JSON.stringify(value)]),
    );
    return `{${Object.entries({ ...fields, ...change })
      .map(([name, value]) => `"${name}":${value}`)
      .join()}}`;
  };

  it.each<[string, string]>([
    ['nothing', 'null'],
    ['text', '"x"'],
    ['a number', '1'],
    ['a list', '[]'],
    ['no fields', '{}'],
    ['_placeholder', '{"_placeholder":true,"num":0}'],
    ['a list 20,000 deep', deep(20_000)],
    ['objects 10,000 deep', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
    ['__proto__ alone', '{"__proto__":{"conversationId":"x"}}'],
  ])('%s as a payload: BAD_REQUEST', async (_case, payload) => {
    for (const event of ['message:send', 'message:sync', 'message:read', 'handshake:submit', 'typing:set']) {
      expect(await problemOf(event, payload)).toBe('BAD_REQUEST');
    }
  });

  it('more than one payload: BAD_REQUEST', async () => {
    expect(await problemOf('message:send', send({}), '1')).toBe('BAD_REQUEST');
    expect(await problemOf('presence:list', '{}', '{}', '{}')).toBe('BAD_REQUEST');
    expect(await problemOf('presence:list', '{"a":1}')).toBe('BAD_REQUEST');
  });

  it.each<[string, string]>([
    ['conversationId', '1'],
    ['conversationId', '""'],
    ['conversationId', '"x"'],
    ['conversationId', '{"$ne":null}'],
    ['conversationId', '["x"]'],
    ['conversationId', `"' OR 1=1 --"`],
    ['conversationId', 'null'],
    ['clientMessageId', '"x"'],
    ['clientMessageId', `"${'a'.repeat(23)}"`],
    ['clientMessageId', '"AAAAAAAAAAAAAAAAAAAAA\\u0000"'],
    ['epoch', '0'],
    ['epoch', '-1'],
    ['epoch', '1.5'],
    ['epoch', '"1"'],
    ['epoch', '1e309'],
    ['epoch', '9007199254740993'],
    ['epoch', 'null'],
    ['ciphertext', '""'],
    ['ciphertext', '1'],
    ['ciphertext', '"a b"'],
    ['ciphertext', '"a="'],
    ['ciphertext', '"🔥"'],
    ['ciphertext', '{"_placeholder":true,"num":0}'],
    ['ciphertext', `"${'a'.repeat(LIMITS.ciphertextCharacters + 1)}"`],
    ['ciphertext', '"\\ud800"'],
    ['burnAfterReadSeconds', '-1'],
    ['burnAfterReadSeconds', '3601'],
    ['burnAfterReadSeconds', '"60m"'],
    ['burnAfterReadSeconds', '1e12'],
    ['burnAfterReadSeconds', '0.5'],
    ['burnAfterReadSeconds', 'null'],
    ['burnAfterReadSeconds', '9007199254740993'],
    ['notAfter', '-1'],
    ['notAfter', '"tomorrow"'],
    ['notAfter', '1e300'],
    ['notAfter', 'null'],
    ['plaintext', '"hello"'],
    ['senderId', '"AAAAAAAAAAAAAAAAAAAAAA"'],
    ['seq', '1'],
    ['burnAt', '9999999999999'],
    ['acceptedAt', '1'],
    ['__proto__', '{"admin":true}'],
    ['constructor', '{"prototype":{"admin":true}}'],
    ['toString', '1'],
  ])('message:send with %s %s: BAD_REQUEST', async (field, value) => {
    expect(await problemOf('message:send', send({ [field]: value }))).toBe('BAD_REQUEST');
  });

  it('message:send without burnAfterReadSeconds: BAD_REQUEST', async () => {
    const { burnAfterReadSeconds: _, ...rest } = messageIn(pair.conversationId);
    expect(await problemOf('message:send', JSON.stringify(rest))).toBe('BAD_REQUEST');
  });

  it.each<[string, Record<string, unknown>]>([
    ['message:sync', { afterSeq: -1, limit: 10 }],
    ['message:sync', { afterSeq: 0, limit: 0 }],
    ['message:sync', { afterSeq: 0, limit: LIMITS.syncPage + 1 }],
    ['message:sync', { afterSeq: '0', limit: 10 }],
    ['message:sync', { afterSeq: 0 }],
    ['message:delivered', { incarnation: ids.next(), seqs: [] }],
    ['message:delivered', { incarnation: ids.next(), seqs: Array.from({ length: 101 }, (_, i) => i + 1) }],
    ['message:read', { incarnation: ids.next(), seqs: [0] }],
    ['message:read', { incarnation: ids.next(), seqs: [1.5] }],
    ['message:read', { incarnation: ids.next(), seqs: [[1]] }],
    ['message:read', { incarnation: ids.next(), seqs: { 0: 1, length: 1 } }],
    ['message:read', { incarnation: 'x', seqs: [1] }],
    ['message:burn', { incarnation: ids.next(), seqs: ['1'] }],
    ['message:burn', { incarnation: ids.next(), seqs: [-1] }],
    ['conversation:set-burn', { burnAfterReadSeconds: -1 }],
    ['conversation:set-burn', { burnAfterReadSeconds: 3_601 }],
    ['conversation:set-burn', { burnAfterReadSeconds: '60m' }],
    ['typing:set', { typing: 'true' }],
    ['typing:set', {}],
    ['handshake:list', { afterEpoch: -1 }],
    ['handshake:done', { epoch: 0 }],
    ['handshake:submit', { baseEpoch: 0, kind: 'external', welcomed: [] }],
    ['handshake:submit', { baseEpoch: -1, kind: 'reset', welcomed: [] }],
    ['handshake:submit', { baseEpoch: 0, kind: 'reset', welcome: 'a', welcomed: 'x' }],
    [
      'handshake:submit',
      {
        baseEpoch: 0,
        kind: 'reset',
        welcome: 'a',
        welcomed: Array.from({ length: 6 }, () => ({ userId: ids.next(), deviceId: ids.next() })),
      },
    ],
    ['handshake:submit', { baseEpoch: 0, kind: 'commit', commit: '', welcomed: [] }],
    [
      'handshake:submit',
      { baseEpoch: 0, kind: 'commit', commit: 'a'.repeat(LIMITS.ciphertextCharacters + 1), welcomed: [] },
    ],
    ['handshake:submit', { baseEpoch: 1, kind: 'commit', welcomed: [] }],
    ['handshake:submit', { baseEpoch: 1, kind: 'reset', welcomed: [] }],
    ['handshake:submit', { baseEpoch: 1, kind: 'reset', welcome: 'a', welcomed: [] }],
    ['handshake:submit', { baseEpoch: 1, kind: 'leave', welcomed: [] }],
    ['handshake:submit', { baseEpoch: 1, kind: 'commit', commit: 'a', welcomed: [], sealedName: 'a' }],
    ['handshake:submit', { baseEpoch: 1, kind: 'commit', commit: 'a', welcomed: [], sealedName: 'a'.repeat(401) }],
    ['handshake:submit', { baseEpoch: 1, kind: 'commit', commit: 'a', welcomed: [], change: null }],
    ['handshake:submit', { baseEpoch: 1, kind: 'commit', commit: 'a', welcomed: [], change: { add: [] } }],
    [
      'handshake:submit',
      { baseEpoch: 1, kind: 'commit', commit: 'a', welcomed: [], change: { add: [], remove: [ids.next()] } },
    ],
  ])('%s %j: BAD_REQUEST', async (event, payload) => {
    const request = JSON.stringify({ conversationId: pair.conversationId, ...payload });
    expect(await problemOf(event, request)).toBe('BAD_REQUEST');
  });

  it('a problem names the field and never repeats its value', async () => {
    const { error } = await raw.ask('message:send', send({ ciphertext: '"a secret with spaces"' }));
    expect(JSON.stringify(error)).toContain('"field":"ciphertext"');
    expect(JSON.stringify(error)).not.toContain('secret');
  });

  it('an event without an acknowledgement: connection:refused ACK_REQUIRED, and nothing is done', async () => {
    raw.say(`42["message:send",${send({})}]`);
    expect(await raw.hears('42["connection:refused"')).toContain('"ACK_REQUIRED"');
    const page = await raw.ask(
      'message:sync',
      JSON.stringify({ conversationId: pair.conversationId, afterSeq: 0, limit: 1 }),
    );
    expect(page.data?.['entries']).toEqual([]);
    await canary.lives();
  });
});
