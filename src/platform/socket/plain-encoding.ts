import type { Server } from 'socket.io';

interface Packet {
  readonly type: number;
  readonly nsp: string;
  readonly id?: number;
  readonly data?: unknown;
}

interface Encoder {
  encode(packet: Packet): unknown[];
}

/** socket.io's packet types, protocol 5. */
const EVENT = 2;
const ACK = 3;

/**
 * Events and acknowledgements of ours are JSON, so they are encoded without socket.io's walk through every payload in search
 * of binary data. Everything else goes the old way.
 */
export function encodePlainly(server: Server): void {
  const { encoder } = server as unknown as { encoder: Encoder };
  const encode = encoder.encode.bind(encoder);
  encoder.encode = (packet) => {
    const { type, nsp, id, data } = packet;
    if (nsp !== '/' || (type !== EVENT && type !== ACK)) return encode(packet);
    return [`${type}${id ?? ''}${JSON.stringify(data)}`];
  };
}
