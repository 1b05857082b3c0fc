import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LIMITS } from '../../../src/protocol/limits.js';
import { RawPerson } from '../../rig/raw-person.js';
import type { RunningServer } from '../../rig/server.js';
import { Canary, startTestServer } from './canary.js';
import { eventually } from '../../rig/people.js';
import { encodeFrame, RawWebSocket } from './raw-web-socket.js';

const [CONTINUATION, TEXT, BINARY, CLOSE, PING] = [0, 1, 2, 8, 9];
const whole = { fin: true, rsv: 0, masked: true };

describe('packets and frames that are not ours', () => {
  let server: RunningServer;
  let canary: Canary;
  let alice: RawPerson;
  const login = () => RawWebSocket.login(server.port, alice.tokens.accessToken);

  beforeAll(async () => {
    server = await startTestServer({ limits: { slowConsumerBytes: 256 * 1024 } });
    canary = await Canary.start(server.url);
    alice = await RawPerson.register(server.url);
  });
  afterAll(async () => {
    canary.stop();
    await server.close();
  });

  it.each([
    ['a login error', '44{"message":"x"}'],
    ['an event that is an object', '42{"0":"message:sync"}'],
    ['an event without a name', '42[]'],
    ['an event named by an object', '42[{"a":1},{}]'],
    ['an event named by null', '42[null]'],
    ['an event named by a list', '42[["message:send"],{}]'],
    ['broken JSON', '420["message:sync",{'],
    ['no JSON', '42message:sync'],
    ['a packet of type 9', '49["x"]'],
    ['a packet without a type', '4'],
    ['binary data announced', '451-["message:send",{"_placeholder":true,"num":0}]'],
    ['a billion attachments announced', '451000000000-["message:send",{"_placeholder":true,"num":0}]'],
    ['a binary acknowledgement', '461-0[{"_placeholder":true,"num":0}]'],
    ['binary data as base64', 'bAAAA'],
    ['an engine ping', '2'],
    ['an unknown engine packet', '9'],
    ['another namespace', '40/admin,{"token":"x"}'],
    ['an event in another namespace', '42/admin,0["message:sync",{}]'],
    ['an event in __proto__', '42/__proto__,0["message:sync",{}]'],
    ['the namespace left', '41'],
    ...['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'].map(
      (event): [string, string] => [`the reserved event ${event}`, `420["${event}",{}]`],
    ),
  ])('%s: the connection ends, nobody else’s does', async (_case, packet) => {
    const raw = await login();
    raw.say(packet);
    await raw.isClosed();
    expect(raw.heard('43')).toBeUndefined();
    await canary.lives();
  });

  it.each([
    ['an acknowledgement nobody waits for', '4399[{"ok":true}]'],
    ['an acknowledgement named __proto__', '43[1]'],
    ['a pong nobody waits for', '3'],
    ['an upgrade', '5'],
    ['nothing to do', '6'],
    ['a close packet', '1'],
  ])('%s is passed over', async (_case, packet) => {
    const raw = await login();
    raw.say(packet);
    expect(await raw.ask('presence:list')).toMatchObject({ ok: true });
    raw.destroy();
    await canary.lives();
  });

  it.each<[string, (raw: RawWebSocket) => void, number | undefined]>([
    ['a frame over the cap', (raw) => raw.frame(Buffer.alloc(LIMITS.frameBytes + 1, 'a')), 1009],
    [
      'a frame that claims 2^40 bytes',
      (raw) => raw.socket.write(Buffer.from([0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0])),
      1009,
    ],
    [
      'a frame that claims 2^63 bytes',
      (raw) => raw.socket.write(Buffer.from([0x81, 0xff, 255, 0, 0, 0, 0, 0, 0, 0])),
      1009,
    ],
    ['an unmasked frame', (raw) => raw.frame(Buffer.from('420["presence:list"]'), { masked: false }), 1002],
    ['reserved bits', (raw) => raw.frame(Buffer.from('3'), { rsv: 4 }), 1002],
    ['an unknown opcode', (raw) => raw.frame(Buffer.from('3'), { opcode: 5 }), 1002],
    ['a continuation of nothing', (raw) => raw.frame(Buffer.from('3'), { opcode: CONTINUATION }), 1002],
    ['a fragmented ping', (raw) => raw.frame(Buffer.from('3'), { opcode: PING, fin: false }), 1002],
    ['a ping of 126 bytes', (raw) => raw.frame(Buffer.alloc(126), { opcode: PING }), 1002],
    ['text that is no UTF-8', (raw) => raw.frame(Buffer.from([0x34, 0xff, 0xfe])), 1007],
    ['a lone surrogate', (raw) => raw.frame(Buffer.from([0x34, 0xed, 0xa0, 0x80])), 1007],
    ['a bad close code', (raw) => raw.frame(Buffer.from([0, 1]), { opcode: CLOSE }), 1002],
    ['a binary frame', (raw) => raw.frame(Buffer.from('420["presence:list"]'), { opcode: BINARY }), undefined],
  ])('%s: closed', async (_case, send, code) => {
    const raw = await login();
    send(raw);
    await raw.isClosed();
    if (code !== undefined) expect(raw.closeCode).toBe(code);
    await canary.lives();
  });

  it('fragments of one byte are one message; beyond the cap they are refused', async () => {
    const raw = await login();
    const text = '420["presence:list",{}]';
    for (const [i, letter] of [...text].entries()) {
      raw.frame(Buffer.from(letter), { opcode: i === 0 ? TEXT : CONTINUATION, fin: i === text.length - 1 });
    }
    expect(await raw.hears('430[')).toContain('"ok":true');
    raw.frame(Buffer.from('4'), { fin: false });
    const part = encodeFrame(Buffer.alloc(1_024, 'a'), { ...whole, opcode: CONTINUATION, fin: false });
    for (let i = 0; i < 65; i += 1) raw.socket.write(part);
    await raw.isClosed();
    expect(raw.closeCode).toBe(1009);
    await canary.lives();
  });

  it('200,000 empty fragments cost no memory', async () => {
    const raw = await login();
    raw.frame(Buffer.from('4'), { fin: false });
    const before = process.memoryUsage().rss;
    const empty = encodeFrame(Buffer.alloc(0), { ...whole, opcode: CONTINUATION, fin: false });
    for (let i = 0; i < 200 && !raw.socket.destroyed; i += 1) {
      raw.socket.write(Buffer.concat(Array.from({ length: 1_000 }, () => empty)));
      if (i % 20 === 0) await canary.lives();
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
    raw.destroy();
    await canary.lives();
  });

  it('pings of a client that does not read the pongs end its connection', async () => {
    const raw = await login();
    raw.stopReading();
    const pings = Buffer.concat(
      Array.from({ length: 2_000 }, () => encodeFrame(Buffer.alloc(125), { ...whole, opcode: PING })),
    );
    const before = process.memoryUsage().rss;
    await eventually(() => {
      if (raw.socket.writableLength < 4 * pings.length) raw.socket.write(pings);
      return raw.socket.destroyed;
    }, 15_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 * 1024);
    await canary.lives();
  });
});
