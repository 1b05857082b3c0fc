import { io, type Socket } from 'socket.io-client';
import type { ClientEventName, ClientEvents, ServerEventName, ServerEvents } from '../../src/protocol/events.js';
import type { ConnectionClosing } from '../../src/protocol/payloads/connection.payloads.js';
import { AshwireError } from '../ashwire-error.js';
import { TypedEmitter } from '../typed-emitter.js';
import { EVENT_SHAPES, RESULT_SHAPES } from './wire-shapes.js';

/** Sends events to the server and gets their answers. */
export interface EventSender {
  /** Throws the server's refusal, OFFLINE or TIMEOUT (then it is unknown whether the server acted). */
  emit<E extends ClientEventName>(event: E, request: ClientEvents[E]['request']): Promise<ClientEvents[E]['result']>;
}

export interface Disconnected {
  /** What the server said before it closed, if it did. */
  readonly closing?: ConnectionClosing;
}

interface TransportEvents extends ServerEvents {
  disconnected: Disconnected;
  malformed: AshwireError;
}

const TIMEOUT_MS = 10_000;

/**
 * One connection at a time, opened anew by its owner: reconnecting, with which token and when, is policy and not here. A
 * malformed push is reported as `malformed` and goes no further.
 */
export class SocketTransport implements EventSender {
  readonly events = new TypedEmitter<TransportEvents>();
  private socket: Socket | undefined;
  private ready = false;

  constructor(
    private readonly server: string,
    private readonly webSocketOptions: object = {},
  ) {}

  get isReady(): boolean {
    return this.ready;
  }

  /** Resolves with the server's first event. Throws the refusal of the handshake, OFFLINE or TIMEOUT. */
  open(token: string): Promise<ServerEvents['connection:ready']> {
    this.close();
    const { origin, pathname } = new URL(this.server);
    const socket: Socket = io(origin, {
      path: `${pathname.replace(/\/+$/, '')}/socket.io`,
      transports: ['websocket'],
      auth: (give: (payload: object) => void) => give({ token }),
      reconnection: false,
      forceNew: true,
      timeout: TIMEOUT_MS,
      ...this.webSocketOptions,
    });
    this.socket = socket;
    return new Promise((resolve, reject) => {
      const fail = (error: AshwireError): void => {
        clearTimeout(timer);
        if (this.socket === socket) this.close();
        else socket.disconnect();
        reject(error);
      };
      const timer = setTimeout(() => fail(new AshwireError('TIMEOUT')), TIMEOUT_MS);
      const offReady = this.events.once('connection:ready', (ready) => {
        clearTimeout(timer);
        this.ready = true;
        resolve(ready);
      });
      socket.once('connect_error', (error: Error & { data?: unknown }) => {
        offReady();
        fail(
          error.data === undefined
            ? new AshwireError('OFFLINE', {}, { cause: error })
            : AshwireError.fromWire(error.data),
        );
      });
      this.listen(socket, (closing) => {
        offReady();
        fail(closing ? AshwireError.fromWire({ code: closing.code, details: closing }) : new AshwireError('OFFLINE'));
      });
    });
  }

  close(): void {
    const { socket } = this;
    this.socket = undefined;
    this.ready = false;
    socket?.off();
    socket?.disconnect();
  }

  async emit<E extends ClientEventName>(
    event: E,
    request: ClientEvents[E]['request'],
  ): Promise<ClientEvents[E]['result']> {
    const { socket } = this;
    if (!socket?.connected || !this.ready) throw new AshwireError('OFFLINE');
    const answer = await this.answerTo(socket, event, request);
    if (typeof answer !== 'object' || answer === null) throw new AshwireError('BAD_ANSWER');
    const { ok, data, error } = answer as { ok?: unknown; data?: unknown; error?: unknown };
    if (ok !== true) throw AshwireError.fromWire(error);
    if (!RESULT_SHAPES[event](data ?? {})) throw new AshwireError('BAD_ANSWER', { event });
    return data as ClientEvents[E]['result'];
  }

  private async answerTo(socket: Socket, event: string, request: object): Promise<unknown> {
    try {
      return (await socket.timeout(TIMEOUT_MS).emitWithAck(event, request)) as unknown;
    } catch (cause) {
      throw new AshwireError(socket.connected ? 'TIMEOUT' : 'OFFLINE', { event }, { cause });
    }
  }

  private listen(socket: Socket, failOpening: (closing: ConnectionClosing | undefined) => void): void {
    let closing: ConnectionClosing | undefined;
    socket.onAny((event: string, payload: unknown) => {
      if (!Object.hasOwn(EVENT_SHAPES, event)) return;
      const name = event as ServerEventName;
      if (!EVENT_SHAPES[name](payload)) return this.events.emit('malformed', new AshwireError('BAD_ANSWER', { event }));
      if (name === 'connection:closing') closing = payload as ConnectionClosing;
      this.events.emit(name, payload as never);
    });
    socket.once('disconnect', () => {
      const wasReady = this.ready && this.socket === socket;
      if (this.socket === socket) this.close();
      if (wasReady) this.events.emit('disconnected', closing ? { closing } : {});
      else failOpening(closing);
    });
  }
}
