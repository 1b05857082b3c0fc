import type { Socket } from 'node:net';
import type { Server } from 'socket.io';

/** The part of an engine.io socket that this file needs; its types do not name it. */
interface EngineSocket {
  flush(): void;
  readonly transport: { readonly socket?: { readonly _socket: Socket | null } };
}

/**
 * What a turn of the event loop has to say to a client goes out in one write at the end of that turn. engine.io would write
 * each frame at once and in two parts, and the system calls are half of what a message costs (docs/performance.md). The order
 * within a connection is kept.
 */
export class TurnFlush {
  private waiting = new Set<EngineSocket>();

  attach(server: Server): void {
    const { defer } = this;
    // One function for all sockets.
    const flush = function (this: EngineSocket): void {
      defer(this);
    };
    server.engine.on('connection', (socket: EngineSocket) => {
      socket.flush = flush;
    });
  }

  private readonly defer = (socket: EngineSocket): void => {
    if (this.waiting.size === 0) setImmediate(this.flushAll);
    this.waiting.add(socket);
  };

  private readonly flushAll = (): void => {
    const due = this.waiting;
    this.waiting = new Set();
    for (const socket of due) flushTogether(socket);
  };
}

/** engine.io's own flush, with the network socket corked around it. */
function flushTogether(socket: EngineSocket): void {
  const network = socket.transport.socket?._socket;
  network?.cork();
  (Object.getPrototypeOf(socket) as EngineSocket).flush.call(socket);
  network?.uncork();
}
