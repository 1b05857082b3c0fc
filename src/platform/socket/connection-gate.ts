import { Inject, Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'socket.io';
import type { AshwireConfig } from '../../config/config.schema.js';
import { CONFIG } from '../../config/config.token.js';
import type { ErrorCode } from '../../protocol/errors.js';
import { LIMITS } from '../../protocol/limits.js';
import { ConnectionAuth } from '../../protocol/payloads/connection.payloads.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { Authenticator, type Principal } from '../authentication/authenticator.js';
import { wireErrorOf } from '../http/error.filter.js';
import { PayloadValidators } from '../validation/payload-validator.js';
import { clientAddress } from './client-address.js';
import { Connection } from './connection.js';
import { ConnectionEvents } from './connection-events.js';
import { type GuardedSocket, packetGuard } from './packet-guard.js';
import { encodePlainly } from './plain-encoding.js';
import { TurnFlush } from './turn-flush.js';

interface EngineSocket extends GuardedSocket {
  request: IncomingMessage | null;
  remoteAddress: string;
  on(event: 'close', listener: () => void): unknown;
  on(...packetListener: Parameters<GuardedSocket['on']>): unknown;
}

/** Lets sockets in: counted by address before they cost anything, authenticated before they may say anything. */
@Injectable()
export class ConnectionGate {
  private readonly perAddress = new Map<string, number>();
  private unauthenticated = 0;
  private shutting = false;

  constructor(
    @Inject(CONFIG) private readonly config: AshwireConfig,
    @Inject(Authenticator) private readonly authenticator: Authenticator,
    @Inject(PayloadValidators) private readonly validators: PayloadValidators,
    @Inject(ConnectionEvents) private readonly events: ConnectionEvents,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Whether one more connection from this address may be opened. */
  admits(request: IncomingMessage): boolean {
    const address = clientAddress(request, this.config.http.trustedProxyHops);
    const { socketsPerAddress, unauthenticatedSockets } = this.config.limits;
    return (this.perAddress.get(address) ?? 0) < socketsPerAddress && this.unauthenticated < unauthenticatedSockets;
  }

  guard(server: Server): void {
    const guardPackets = packetGuard(this.config.limits.slowConsumerBytes);
    server.engine.on('connection', (raw: EngineSocket) => {
      guardPackets(raw);
      this.count(raw);
    });
    encodePlainly(server);
    new TurnFlush().attach(server);
    server.use((socket, next) => {
      this.authenticate(socket).then(
        () => next(),
        (thrown: unknown) => {
          next(refusal(thrown));
          // After the refusal is written, which takes socket.io two ticks.
          setImmediate(() => socket.conn.close());
        },
      );
    });
    server.on('connection', (socket) => this.open(socket));
  }

  /** No more connections, nor logins on those that are open: the process is going to stop. */
  shut(): void {
    this.shutting = true;
  }

  get isShut(): boolean {
    return this.shutting;
  }

  private count(raw: EngineSocket): void {
    const address = raw.request ? clientAddress(raw.request, this.config.http.trustedProxyHops) : raw.remoteAddress;
    raw.remoteAddress = address;
    // The upgrade request with its headers and socket wrapper is not needed any more and would live as long as the connection.
    raw.request = null;
    this.perAddress.set(address, (this.perAddress.get(address) ?? 0) + 1);
    this.unauthenticated += 1;
    raw.on('close', () => {
      // Uncounted from here on, so it must not stay: `ws` alone would wait 30 s for the other side's goodbye.
      setTimeout(() => raw.transport.socket?.terminate(), GOODBYE_MS).unref();
      const left = (this.perAddress.get(address) ?? 1) - 1;
      if (left > 0) this.perAddress.set(address, left);
      else this.perAddress.delete(address);
      if (!authenticated.has(raw)) this.unauthenticated -= 1;
    });
  }

  private async authenticate(socket: Socket): Promise<void> {
    const { token } = this.validators.check(ConnectionAuth, socket.handshake.auth);
    const principal = await this.authenticator.authenticate(token);
    if (this.shutting) throw new DomainError('SHUTTING_DOWN', { retryAfterMs: RETRY_ELSEWHERE_MS });
    (socket.data as { principal?: Principal }).principal = principal;
    const raw = socket.conn as unknown as EngineSocket;
    if (!authenticated.has(raw)) this.unauthenticated -= 1;
    authenticated.add(raw);
  }

  private open(socket: Socket): void {
    const { principal } = socket.data as { principal: Principal };
    const { token } = socket.handshake.auth as ConnectionAuth;
    // Drops the token and the header copies that socket.io keeps for the life of the socket.
    (socket as { handshake: unknown }).handshake = undefined;
    const { eventsPerSocket: events, slowConsumerBytes, violationsBeforeClose: violations } = this.config.limits;
    const connection = new Connection(socket, principal, { events, slowConsumerBytes, violations }, this.clock.now());
    // What was read together with the packet that ended the connection still comes here.
    socket.use((emitted) => {
      if (socket.connected) this.events.received(connection, emitted);
    });
    socket.on('disconnect', () => {
      this.events.closed(connection);
      // Who leaves the namespace would keep the connection below, where nothing counts it any more.
      socket.conn.close();
    });
    // socket.io prints the stacks of broken packets when nobody listens; it closes the connection either way.
    socket.on('error', ignore);
    this.events.opened(connection, LIMITS.socketsPerUser);
    void this.checkAgain(connection, token);
  }

  /** A session that ended after its token was looked at and before its connection could be found to be closed. */
  private async checkAgain(connection: Connection, token: string): Promise<void> {
    try {
      await this.authenticator.authenticate(token);
    } catch (thrown) {
      connection.close(thrown instanceof DomainError ? thrown.code : 'UNAVAILABLE', 'login');
    }
  }
}

const GOODBYE_MS = 1_000;
export const RETRY_ELSEWHERE_MS = 1_000;

const ignore = (): void => {};

/** Engine sockets that have logged in; weak, so that it costs nothing to forget them. */
const authenticated = new WeakSet<EngineSocket>();

/** socket.io hands `data` of a refused handshake to the client's connect_error. */
function refusal(thrown: unknown): Error & { data: unknown } {
  const { error } = wireErrorOf(thrown instanceof DomainError ? thrown : new DomainError('INTERNAL'), '');
  const code: ErrorCode = error.code === 'BAD_REQUEST' ? 'UNAUTHENTICATED' : error.code;
  return Object.assign(new Error(code), { data: code === error.code ? error : new DomainError(code).toWire() });
}
