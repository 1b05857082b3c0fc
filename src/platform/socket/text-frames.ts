/** First character of an engine.io packet on the wire, protocol 4. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['open', '0'],
  ['close', '1'],
  ['ping', '2'],
  ['pong', '3'],
  ['message', '4'],
  ['noop', '6'],
]);

/** A final, unmasked text frame (RFC 6455, 5.2). */
const FINAL_TEXT = 0x81;
const LARGEST_HEADER = 10;

interface Packet {
  readonly type: string;
  readonly data?: unknown;
}

/** The WebSocket frames of these engine.io packets, one after the other; null when one of them is not text. */
export function textFrames(packets: readonly Packet[]): Buffer | null {
  const texts: string[] = [];
  let room = 0;
  for (const { type, data = '' } of packets) {
    const mark = TYPES.get(type);
    if (mark === undefined || typeof data !== 'string') return null;
    const text = mark + data;
    texts.push(text);
    room += LARGEST_HEADER + Buffer.byteLength(text);
  }
  const frames = Buffer.allocUnsafe(room);
  let end = 0;
  for (const text of texts) end = writeFrame(frames, end, text);
  return frames.subarray(0, end);
}

/** Returns where the frame ends. */
function writeFrame(frames: Buffer, start: number, text: string): number {
  const length = Buffer.byteLength(text);
  const body = writeHeader(frames, start, length);
  // As many bytes as characters: all of it is ASCII, which is copied as it is.
  return body + frames.write(text, body, length === text.length ? 'latin1' : 'utf8');
}

function writeHeader(frames: Buffer, start: number, length: number): number {
  frames[start] = FINAL_TEXT;
  if (length < 126) {
    frames[start + 1] = length;
    return start + 2;
  }
  if (length < 65_536) {
    frames[start + 1] = 126;
    return frames.writeUInt16BE(length, start + 2);
  }
  frames[start + 1] = 127;
  frames.writeUInt32BE(0, start + 2);
  return frames.writeUInt32BE(length, start + 6);
}
