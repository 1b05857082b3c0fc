import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { eventually } from '../../rig/people.js';
import { openSocket } from './raw-http.js';

export interface Handshake {
  readonly origin?: string;
  readonly query?: string;
  readonly headers?: readonly string[];
}

export interface Frame {
  readonly opcode?: number;
  readonly fin?: boolean;
  readonly rsv?: number;
  readonly masked?: boolean;
}

export interface Acknowledged {
  readonly ok: boolean;
  readonly data?: Record<string, unknown>;
  readonly error?: { readonly code: string; readonly details: Record<string, unknown> };
}

const TEXT = 1;
const CLOSE = 8;

/** A WebSocket by hand: sends any bytes as any frame, and can stop reading. Speaks engine.io and socket.io as far as it is told to. */
export class RawWebSocket {
  readonly texts: string[] = [];
  closeCode: number | undefined;
  /** The server has said goodbye or ended; the connection itself may still be there. */
  closed = false;
  private buffered: Buffer;
  private nextId = 0;

  private constructor(
    readonly socket: Socket,
    readonly status: number,
    rest: Buffer,
  ) {
    this.buffered = rest;
    this.closed = socket.readableEnded || socket.destroyed;
    socket.on('close', () => (this.closed = true));
    socket.on('end', () => (this.closed = true));
    if (status === 101) socket.on('data', (chunk) => this.take(chunk));
    this.take(Buffer.alloc(0));
  }

  /** The upgrade; `status` is 101 when the server took it. */
  static async open(port: number, handshake: Handshake = {}): Promise<RawWebSocket> {
    const socket = await openSocket(port);
    const lines = [
      `GET /socket.io/?${handshake.query ?? 'EIO=4&transport=websocket'} HTTP/1.1`,
      `Host: localhost:${port}`,
      ...['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'],
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      ...(handshake.origin === undefined ? [] : [`Origin: ${handshake.origin}`]),
      ...(handshake.headers ?? []),
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    const head = await headOf(socket);
    const end = head.indexOf('\r\n\r\n');
    return new RawWebSocket(socket, Number(head.subarray(9, 12).toString()), head.subarray(end + 4));
  }

  /** Opened and logged in. */
  static async login(port: number, token: string): Promise<RawWebSocket> {
    const raw = await RawWebSocket.open(port);
    raw.say(`40${JSON.stringify({ token })}`);
    await raw.hears('42["connection:ready"');
    return raw;
  }

  say(text: string): void {
    this.frame(Buffer.from(text));
  }

  frame(payload: Buffer, { opcode = TEXT, fin = true, rsv = 0, masked = true }: Frame = {}): void {
    this.socket.write(encodeFrame(payload, { opcode, fin, rsv, masked }));
  }

  /** Emits with an acknowledgement; the payload is JSON text, so that it can be what JSON.stringify would not write. */
  async ask(event: string, ...payload: readonly string[]): Promise<Acknowledged> {
    const id = this.nextId++;
    this.say(`42${id}[${[JSON.stringify(event), ...payload].join(',')}]`);
    const answer = await this.hears(`43${id}[`);
    return (JSON.parse(answer.slice(answer.indexOf('['))) as [Acknowledged])[0];
  }

  /** The first text that starts so, waiting for it. */
  async hears(start: string, withinMs = 5_000): Promise<string> {
    await eventually(() => this.heard(start) !== undefined || this.closed, withinMs);
    const heard = this.heard(start);
    if (heard === undefined) throw new Error(`closed without ${start}; heard ${this.texts.join(' ').slice(0, 300)}`);
    return heard;
  }

  heard(start: string): string | undefined {
    return this.texts.find((text) => text.startsWith(start));
  }

  isClosed(withinMs = 3_000): Promise<void> {
    return eventually(() => this.closed, withinMs);
  }

  stopReading(): void {
    this.socket.pause();
  }

  destroy(): void {
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    this.buffered = Buffer.concat([this.buffered, chunk]);
    for (let frame = decodeFrame(this.buffered); frame; frame = decodeFrame(this.buffered)) {
      this.buffered = frame.rest;
      if (frame.opcode === CLOSE) {
        this.closeCode = frame.payload.length >= 2 ? frame.payload.readUInt16BE(0) : 1005;
        this.closed = true;
      }
      if (frame.opcode !== TEXT) continue;
      const text = frame.payload.toString('utf8');
      if (text === '2') this.say('3');
      else this.texts.push(text);
    }
  }
}

async function headOf(socket: Socket): Promise<Buffer> {
  let head = Buffer.alloc(0);
  const take = (chunk: Buffer): void => void (head = Buffer.concat([head, chunk]));
  socket.on('data', take);
  await eventually(() => head.includes('\r\n\r\n') || socket.closed || socket.readableEnded);
  socket.off('data', take);
  return head;
}

export function encodeFrame(payload: Buffer, { opcode, fin, rsv, masked }: Required<Frame>): Buffer {
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const maskBit = masked ? 0x80 : 0;
  const length =
    payload.length < 126
      ? Buffer.from([maskBit | payload.length])
      : payload.length < 65_536
        ? Buffer.from([maskBit | 126, payload.length >> 8, payload.length & 255])
        : Buffer.concat([Buffer.from([maskBit | 127, 0, 0, 0, 0]), uint32(payload.length)]);
  if (!masked) return Buffer.concat([Buffer.from([first]), length, payload]);
  // A mask of zeros leaves the payload as it is.
  return Buffer.concat([Buffer.from([first]), length, Buffer.alloc(4), payload]);
}

function decodeFrame(bytes: Buffer): { opcode: number; payload: Buffer; rest: Buffer } | undefined {
  if (bytes.length < 2) return undefined;
  const short = (bytes[1] ?? 0) & 127;
  const head = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < head) return undefined;
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (bytes.length < head + length) return undefined;
  const opcode = (bytes[0] ?? 0) & 15;
  return { opcode, payload: bytes.subarray(head, head + length), rest: bytes.subarray(head + length) };
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
