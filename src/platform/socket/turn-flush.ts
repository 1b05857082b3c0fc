import type { Socket as NetSocket } from 'node:net';
import type { Server } from 'socket.io';

interface EngineSocket {
  flush: () => void;
  readonly transport: { readonly socket?: { readonly _socket?: NetSocket } };
}

/**
 * What a turn of the event loop has to say to a client goes out in one write at the end of that turn. engine.io writes each
 * frame at once, and the system call is half of what a message costs (docs/performance.md). Order within a connection is kept.
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
    for (const socket of due) {
      const wire = socket.transport.socket?._socket;
      wire?.cork();
      (Object.getPrototypeOf(socket) as EngineSocket).flush.call(socket);
      wire?.uncork();
    }
  };
}
