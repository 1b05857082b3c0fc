import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Profile } from '../../../src/config/config.schema.js';
import type { DeepPartial } from '../../../src/config/deep-partial.js';
import { ask } from '../../rig/raw-person.js';
import type { RunningServer } from '../../rig/server.js';
import { Canary, messageIn, type Pair, pairOf, part, startTestServer } from './canary.js';
import { eventually } from '../../rig/people.js';
import { RawWebSocket } from './raw-web-socket.js';

const MEBIBYTE = 1024 * 1024;
const LARGE = 'a'.repeat(40_000);

describe('floods and clients that do not read', () => {
  let server: RunningServer;
  let canary: Canary;
  let pair: Pair;

  /** As the embedded tier limits it, but for what is given. */
  const start = async (limits: DeepPartial<Profile['limits']> = {}): Promise<void> => {
    server = await startTestServer({ limits: { eventsPerSocket: { burst: 40, perSecond: 20 }, ...limits } });
    canary = await Canary.start(server.url);
    pair = await pairOf(server.url);
  };
  const login = (port = server.port) => RawWebSocket.login(port, pair.one.tokens.accessToken);
  const send = (ciphertext = 'sealed') => JSON.stringify(messageIn(pair.conversationId, ciphertext));
  let before = 0;
  beforeEach(() => {
    globalThis.gc?.();
    before = process.memoryUsage().rss;
  });
  afterEach(async () => {
    part(pair);
    canary.stop();
    await server.close();
  });
  const grown = (): number => (process.memoryUsage().rss - before) / MEBIBYTE;

  it('1,000 events at once: RATE_LIMITED with a time, then closed with a reason; others go on', async () => {
    await start();
    const raw = await login();
    for (let i = 0; i < 1_000; i += 1) raw.say(`42${i}["message:send",${send()}]`);
    await canary.lives();
    await raw.isClosed();
    const refused = raw.texts.filter((text) => text.includes('RATE_LIMITED') && text.startsWith('43'));
    expect(refused.length).toBe(server.config.limits.violationsBeforeClose);
    for (const text of refused) expect(text).toMatch(/"retryAfterMs":[1-9]\d*/);
    expect(raw.heard('42["connection:closing"')).toContain('{"code":"RATE_LIMITED","action":"stop"}');
    expect(raw.texts.filter((text) => text.includes('"ok":true')).length).toBeLessThanOrEqual(60);
    await canary.lives();
  });

  it.each([
    ['events nobody knows', (i: number) => `42${i}["nobody",{}]`, 'UNKNOWN_EVENT'],
    ['broken payloads', (i: number) => `42${i}["message:send",{}]`, 'BAD_REQUEST'],
    ['events without an acknowledgement', () => '42["message:send",{}]', 'ACK_REQUIRED'],
  ])('%s: closed after so many', async (_case, packet, code) => {
    await start();
    const raw = await login();
    for (let i = 0; i < 35; i += 1) raw.say(packet(i));
    await raw.isClosed();
    expect(raw.heard('42["connection:closing"')).toContain(`{"code":"${code}","action":"stop"}`);
    await canary.lives();
  });

  it('messages beyond the conversation’s rate: RATE_LIMITED with a time, on all connections of the sender together', async () => {
    await start({ messagesPerConversation: { burst: 5, perSecond: 1 } });
    const [first, second] = [await login(server.nodePort), await login(server.nodePort)];
    for (let i = 0; i < 5; i += 1) expect((await first.ask('message:send', send())).ok).toBe(true);
    for (const raw of [first, second]) {
      const { error } = await raw.ask('message:send', send());
      expect(error?.code).toBe('RATE_LIMITED');
      expect(error?.details['retryAfterMs']).toBeGreaterThan(0);
    }
    expect((await ask(pair.b, 'message:send', messageIn(pair.conversationId))).ok).toBe(true);
    await canary.lives();
  });

  it('typing beyond once in 3 s is dropped without a word', async () => {
    await start();
    const heard: unknown[] = [];
    pair.b.on('typing:changed', (change) => heard.push(change));
    for (let i = 0; i < 20; i += 1) {
      expect(await ask(pair.a, 'typing:set', { conversationId: pair.conversationId, typing: true })).toEqual({
        ok: true,
        data: {},
      });
    }
    expect((await ask(pair.a, 'message:send', messageIn(pair.conversationId))).ok).toBe(true);
    await eventually(async () => (await ask(pair.b, 'conversation:list', {})).ok);
    expect(heard).toHaveLength(1);
    await canary.lives();
  });

  it('a recipient that stops reading is dropped while its friend goes on sending; memory stays bounded', async () => {
    await start({ slowConsumerBytes: 256 * 1024, eventsPerSocket: { burst: 10_000, perSecond: 10_000 } });
    const slow = await RawWebSocket.login(server.port, pair.other.tokens.accessToken);
    slow.stopReading();
    pair.other.disconnect();
    // Recalled at once, so that only what waits for the slow reader can fill the memory.
    for (let i = 0; i < 600; i += 1) {
      const { ok, data } = await ask(pair.a, 'message:send', messageIn(pair.conversationId, LARGE));
      expect(ok).toBe(true);
      const { incarnation, seq } = data as { incarnation: string; seq: number };
      await ask(pair.a, 'message:burn', { conversationId: pair.conversationId, incarnation, seqs: [seq] });
      if (i % 100 === 0) await canary.lives();
    }
    // Its connection is gone: reading on, it comes to the end.
    slow.socket.resume();
    await eventually(() => slow.socket.destroyed || slow.closed, 5_000);
    expect(grown()).toBeLessThan(150);
    await canary.lives();
  });

  it('who asks for pages of messages and reads none waits for itself only', async () => {
    await start({ slowConsumerBytes: 256 * 1024, eventsPerSocket: { burst: 2_000, perSecond: 2_000 } });
    for (let i = 0; i < 100; i += 1) {
      expect((await ask(pair.a, 'message:send', messageIn(pair.conversationId, LARGE))).ok).toBe(true);
    }
    const greedy = await RawWebSocket.login(server.port, pair.other.tokens.accessToken);
    greedy.stopReading();
    const request = JSON.stringify({ conversationId: pair.conversationId, afterSeq: 0, limit: 100 });
    const beforeAsking = process.memoryUsage().rss;
    // 4 MB each: 6 GB if all were made.
    for (let i = 0; i < 1_500; i += 1) greedy.say(`42${i}["message:sync",${request}]`);
    for (let i = 0; i < 10; i += 1) await canary.lives();
    expect((process.memoryUsage().rss - beforeAsking) / MEBIBYTE).toBeLessThan(300);
    greedy.destroy();
    await canary.lives();
  });

  it('who reads late still gets each answer, in order', async () => {
    await start({ slowConsumerBytes: 64 * 1024, eventsPerSocket: { burst: 200, perSecond: 200 } });
    for (let i = 0; i < 20; i += 1) await ask(pair.a, 'message:send', messageIn(pair.conversationId, LARGE));
    const late = await RawWebSocket.login(server.port, pair.other.tokens.accessToken);
    late.stopReading();
    const request = JSON.stringify({ conversationId: pair.conversationId, afterSeq: 0, limit: 100 });
    for (let i = 0; i < 50; i += 1) late.say(`42${i}["message:sync",${request}]`);
    await canary.lives();
    late.socket.resume();
    await late.hears('4349[', 20_000);
    const answered = late.texts.flatMap((text) => /^43(\d+)\[/.exec(text)?.[1] ?? []).map(Number);
    expect(answered).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });
});
