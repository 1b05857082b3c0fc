import { Inject } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import type { Connection } from '../../platform/socket/connection.js';
import { On } from '../../platform/socket/gateway-method.js';
import type * as chat from '../../protocol/payloads/chat.payloads.js';
import { HandshakeService } from './handshake.service.js';

@WebSocketGateway()
export class HandshakeGateway {
  constructor(@Inject(HandshakeService) private readonly handshakes: HandshakeService) {}

  @On('handshake:submit')
  submit({ principal }: Connection, request: chat.SubmitHandshakeRequest): Promise<chat.SubmitHandshakeResult> {
    return this.handshakes.submit(principal, request);
  }

  @On('handshake:list')
  list({ principal }: Connection, request: chat.ListHandshakesRequest): Promise<chat.HandshakeListResult> {
    return this.handshakes.list(principal, request);
  }

  @On('handshake:done')
  done({ principal }: Connection, request: chat.HandshakeDoneRequest): Promise<void> {
    return this.handshakes.done(principal, request);
  }
}
