import { setTimeout as wait } from 'node:timers/promises';
import type { ConversationListResult, LogEntry } from '../../src/protocol/payloads/chat.payloads.js';
import type { MessageBurned, MessageReceipt, MessageReceived } from '../../src/protocol/payloads/chat.payloads.js';
import type { RawPerson } from '../rig/raw-person.js';
import type { Entrance } from './front-door.js';
import { Line } from './line.js';
import { OpenConversation } from './open-conversation.js';
import type { Setting } from './setting.js';

/** A person who writes, reads and burns without the SDK, by its rules: the log is the truth, a push a hint. */
export class Chatter {
  readonly line: Line;
  private readonly conversations = new Map<string, OpenConversation>();

  constructor(
    readonly person: RawPerson,
    readonly entrance: Entrance,
    readonly setting: Setting,
  ) {
    this.line = new Line(entrance, person.tokens.accessToken, setting.random, {
      connected: () => this.catchUp(),
      pushed: (event, payload) => this.hear(event, payload),
    });
  }

  get id(): string {
    return this.person.tokens.userId;
  }

  join(conversationId: string): OpenConversation {
    const conversation = new OpenConversation(conversationId, this.id, this.line, this.setting);
    this.conversations.set(conversationId, conversation);
    return conversation;
  }

  get open(): readonly OpenConversation[] {
    return [...this.conversations.values()];
  }

  /** A look at everything that the log still shows. */
  async look(): Promise<void> {
    for (const conversation of this.open) await conversation.look().catch(() => undefined);
  }

  /** Resolves once everything that was said is answered. */
  async finish(until: number): Promise<void> {
    while (this.open.some(({ isSaying }) => isSaying) && Date.now() < until) await wait(50);
  }

  /** Resolves once everything there is was taken. */
  async settle(until: number): Promise<void> {
    for (const conversation of this.open) {
      while (!(await conversation.settle().catch(() => false)) && Date.now() < until) await wait(200);
    }
  }

  private catchUp(): void {
    // As the SDK does at each connection; and it makes the server show that it knows the conversations.
    void this.line.ask<ConversationListResult>('conversation:list', {}).catch(() => undefined);
    for (const conversation of this.open) conversation.connected();
  }

  private hear(event: string, payload: unknown): void {
    const push = payload as { conversationId: string; incarnation: string };
    const conversation = this.conversations.get(push.conversationId);
    if (!conversation) return;
    if (event === 'message:received') conversation.receive(push as MessageReceived & { entry: LogEntry });
    else if (event === 'message:burned') conversation.burned(push as MessageBurned);
    else if (event === 'message:receipt') conversation.receipt(push as MessageReceipt);
  }
}
