import type { Server } from 'socket.io';
import { textFrames } from './text-frames.js';

interface EnginePacket {
  readonly type: string;
  readonly data?: unknown;
}

/** What engine.io keeps for its own use of ws; its types do not name it. */
interface Transport {
  send: (packets: EnginePacket[]) => void;
  writable: boolean;
  readonly socket: {
    readonly readyState: number;
    readonly OPEN: number;
    readonly _sender: { sendFrame(frames: readonly Buffer[], done: (error?: Error) => void): void };
  };
  readonly _onSentLast: (error?: Error) => void;
}

interface EngineSocket {
  flush: () => void;
  readonly transport: Transport;
}

/**
 * What a turn of the event loop has to say to a client goes out in one write at the end of that turn. engine.io writes each
 * frame at once and in two parts, and the system calls are half of what a message costs (docs/performance.md). The order
 * within a connection is kept.
 */
export class TurnFlush {
  private waiting = new Set<EngineSocket>();

  attach(server: Server): void {
    const { defer } = this;
    // One function of each kind for all sockets.
    const flush = function (this: EngineSocket): void {
      defer(this);
    };
    const send = function (this: Transport, packets: EnginePacket[]): void {
      sendTogether(this, packets);
    };
    server.engine.on('connection', (socket: EngineSocket) => {
      socket.flush = flush;
      socket.transport.send = send;
    });
  }

  private readonly defer = (socket: EngineSocket): void => {
    if (this.waiting.size === 0) setImmediate(this.flushAll);
    this.waiting.add(socket);
  };

  private readonly flushAll = (): void => {
    const due = this.waiting;
    this.waiting = new Set();
    for (const socket of due) (Object.getPrototypeOf(socket) as EngineSocket).flush.call(socket);
  };
}

/** As engine.io's own `send`, which still takes what is binary, and what comes after the closing frame. */
function sendTogether(transport: Transport, packets: EnginePacket[]): void {
  const { socket } = transport;
  const frames = socket.readyState === socket.OPEN ? textFrames(packets) : null;
  if (!frames) return (Object.getPrototypeOf(transport) as Transport).send.call(transport, packets);
  transport.writable = false;
  socket._sender.sendFrame([frames], transport._onSentLast);
}
