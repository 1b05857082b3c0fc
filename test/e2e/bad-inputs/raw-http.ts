import { connect, type Socket } from 'node:net';

export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Stands for an answer that did not come. */
export const NOTHING: RawResponse = { status: 0, headers: {}, text: '{}' };

export interface RawExchange {
  /** Every response that came on the connection, in order. */
  readonly responses: readonly RawResponse[];
  /** Whether the server closed the connection within the time. */
  readonly closed: boolean;
  readonly afterMs: number;
}

/** A request as text, with the given lines after the first, exactly as they are. */
export const requestText = (start: string, headers: readonly string[] = [], body = ''): string =>
  `${start} HTTP/1.1\r\nHost: localhost\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n${body}`;

export const jsonRequest = (start: string, body: string, headers: readonly string[] = []): string =>
  requestText(
    start,
    ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`, ...headers],
    body,
  );

/** Writes bytes that no HTTP client would let through and reads what comes back until the server closes, or for `waitMs`. */
export async function exchange(port: number, bytes: string | Buffer, waitMs = 1_500): Promise<RawExchange> {
  const startedAt = Date.now();
  const socket = await openSocket(port);
  const received: Buffer[] = [];
  socket.on('data', (chunk) => received.push(chunk));
  socket.write(bytes);
  const closed = await closes(socket, waitMs);
  socket.destroy();
  return { responses: parseResponses(Buffer.concat(received)), closed, afterMs: Date.now() - startedAt };
}

/** It stays open for writing when the server has ended its side, as an attacker's would. */
export async function openSocket(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  // A reset is one of the ways in which the server may close.
  socket.on('error', () => {});
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  return socket;
}

/** Reads and drops what comes, as otherwise the end is not seen. */
export function closes(socket: Socket, withinMs: number): Promise<boolean> {
  socket.resume();
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), withinMs);
    const done = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    socket.once('close', done);
    socket.once('end', done);
  });
}

function parseResponses(bytes: Buffer): RawResponse[] {
  const responses: RawResponse[] = [];
  for (let rest = bytes; rest.length > 0;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) break;
    const [start = '', ...lines] = rest.subarray(0, end).toString('latin1').split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    // Only the parser's own refusals are chunked, and they are empty.
    const chunked = headers['transfer-encoding'] === 'chunked';
    const length = chunked ? rest.length : Number(headers['content-length'] ?? 0);
    const body = rest.subarray(end + 4, end + 4 + length);
    responses.push({ status: Number(start.split(' ')[1]), headers, text: body.toString('utf8') });
    rest = rest.subarray(end + 4 + length);
  }
  return responses;
}
