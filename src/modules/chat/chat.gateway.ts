import { Inject } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import type { Connection } from '../../platform/socket/connection.js';
import { On } from '../../platform/socket/gateway-method.js';
import type * as chat from '../../protocol/payloads/chat.payloads.js';
import type { PresenceList } from '../../protocol/payloads/relation.payloads.js';
import { ConversationService } from './conversation.service.js';
import { MessageService } from './message.service.js';
import { PresenceService } from './presence.service.js';
import { ReceiptService } from './receipt.service.js';
import { TypingService } from './typing.service.js';

@WebSocketGateway()
export class ChatGateway {
  constructor(
    @Inject(MessageService) private readonly messages: MessageService,
    @Inject(ReceiptService) private readonly receipts: ReceiptService,
    @Inject(ConversationService) private readonly conversations: ConversationService,
    @Inject(PresenceService) private readonly presence: PresenceService,
    @Inject(TypingService) private readonly typing: TypingService,
  ) {}

  @On('conversation:list')
  list({ userId }: Connection): Promise<chat.ConversationListResult> {
    return this.conversations.list(userId);
  }

  @On('conversation:set-burn')
  setBurn({ userId }: Connection, request: chat.SetBurnRequest): Promise<chat.ConversationView> {
    return this.conversations.setBurn(userId, request);
  }

  @On('message:send')
  send({ principal }: Connection, request: chat.SendRequest): Promise<chat.SendResult> {
    return this.messages.send(principal, request);
  }

  @On('message:sync')
  sync({ userId }: Connection, request: chat.SyncRequest): Promise<chat.SyncResult> {
    return this.conversations.sync(userId, request);
  }

  @On('message:delivered')
  delivered({ userId }: Connection, request: chat.ReceiptRequest): Promise<void> {
    return this.receipts.delivered(userId, request);
  }

  @On('message:read')
  read({ userId }: Connection, request: chat.ReceiptRequest): Promise<chat.ReadResult> {
    return this.receipts.read(userId, request);
  }

  @On('message:burn')
  burn({ userId }: Connection, request: chat.ReceiptRequest): Promise<void> {
    return this.receipts.burn(userId, request);
  }

  @On('typing:set')
  setTyping({ userId }: Connection, request: chat.TypingRequest): Promise<void> {
    return this.typing.set(userId, request);
  }

  @On('presence:list')
  listPresence({ userId }: Connection): Promise<PresenceList> {
    return this.presence.list(userId);
  }
}
