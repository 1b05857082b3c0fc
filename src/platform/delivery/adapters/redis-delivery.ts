import type { OnApplicationShutdown } from '@nestjs/common';
import { ERRORS, type ErrorCode } from '../../../protocol/errors.js';
import type { ServerEventName, ServerEvents } from '../../../protocol/events.js';
import { CLOSING_ACTIONS, type ClosingAction } from '../../../protocol/payloads/connection.payloads.js';
import type { NodeChannel } from '../../node-channel/node-channel.js';
import type { Signals } from '../../signals/signals.port.js';
import { eventFrame } from '../../socket/connection.js';
import type { ConnectionRegistry } from '../../socket/connection-registry.js';
import { Delivery } from '../delivery.port.js';
import { ConnectionRenewal } from './connection-renewal.js';
import { LostPushes } from './lost-pushes.js';
import { packPushes, type Push, unpackPushes } from './push-frames.js';
import { UserNodes, type Whereabouts } from './user-nodes.js';

const [PUSHES, CLOSE, LOST] = ['pushes', 'close', 'pushes-lost'];
/** Of frames that wait for Redis; what is more is given up. */
const MOST_WAITING = 16 * 1024 * 1024;

interface RoutedPush {
  readonly push: Push;
  readonly nodes: readonly string[];
}

interface Closing {
  readonly sessionId?: string;
  readonly userId?: string;
  readonly code: ErrorCode;
  readonly action: ClosingAction;
}

/**
 * Writes to the sockets of this node and sends to the nodes that hold others of the user. What one turn of the event loop has for a
 * node is one message, encoded once and never parsed. Who may have missed a push is made to come back and synchronise.
 */
export class RedisDelivery extends Delivery implements OnApplicationShutdown {
  private readonly nodes: UserNodes;
  private readonly renewal: ConnectionRenewal;
  private readonly lost: LostPushes;
  private turn: Push[] = [];
  /** Pushes to users whose nodes are being looked up, in order. */
  private readonly waiting = new Map<string, Push[]>();
  private lookups: Promise<unknown> = Promise.resolve();
  private bytes = 0;

  constructor(
    private readonly connections: ConnectionRegistry,
    private readonly channel: NodeChannel,
    signals: Signals,
    presence: Whereabouts,
  ) {
    super();
    this.nodes = new UserNodes(presence, signals);
    this.renewal = new ConnectionRenewal(connections);
    this.lost = new LostPushes((body) => channel.toOthers(LOST, body));
    channel.on(PUSHES, (body) => this.received(unpackPushes(body)));
    channel.on(CLOSE, (body) => this.close(closingOf(body)));
    channel.on(LOST, (body) => this.renew(LostPushes.read(body)));
    channel.onGap(() => this.renew());
  }

  toUser<E extends ServerEventName>(userId: string, event: E, payload: ServerEvents[E]): void {
    const frame = eventFrame(event, payload);
    for (const connection of this.connections.ofUser(userId)) connection.send(frame);
    if (this.bytes > MOST_WAITING) return this.lost.add([userId]);
    this.bytes += frame.length;
    if (this.turn.length === 0) setImmediate(this.endTurn);
    this.turn.push({ userId, frame });
  }

  closeSession(sessionId: string, code: ErrorCode, action: ClosingAction): void {
    this.closeEverywhere({ sessionId, code, action });
  }

  closeUser(userId: string, code: ErrorCode, action: ClosingAction): void {
    this.closeEverywhere({ userId, code, action });
  }

  onApplicationShutdown(): void {
    this.renewal.stop();
    this.lost.stop();
  }

  /** Not before its end: what signals of the same turn say of where users are counts already. */
  private readonly endTurn = (): void => {
    const pushes = this.turn;
    this.turn = [];
    const unknown: string[] = [];
    const known: RoutedPush[] = [];
    for (const push of pushes) {
      const behind = this.waiting.get(push.userId);
      const nodes = behind ? undefined : this.nodes.of(push.userId);
      if (nodes) known.push({ push, nodes });
      else if (behind) behind.push(push);
      else {
        this.waiting.set(push.userId, [push]);
        unknown.push(push.userId);
      }
    }
    this.send(known);
    if (unknown.length > 0) this.lookups = Promise.all([this.lookups, this.lookUp(unknown)]);
  };

  /** Never rejects. */
  private async lookUp(userIds: readonly string[]): Promise<void> {
    const found = await this.nodes.read(userIds).catch(() => undefined);
    if (!found) this.lost.add(userIds);
    const routed = userIds.flatMap((userId) => {
      const nodes = found?.get(userId) ?? [];
      return (this.waiting.get(userId) ?? []).map((push) => ({ push, nodes }));
    });
    for (const userId of userIds) this.waiting.delete(userId);
    this.send(routed);
  }

  /** Everything for one node as one message. */
  private send(routed: readonly RoutedPush[]): void {
    const byNode = new Map<string, Push[]>();
    for (const { push, nodes } of routed) {
      this.bytes -= push.frame.length;
      for (const node of nodes) {
        if (node === this.channel.nodeId) continue;
        const own = byNode.get(node);
        if (own) own.push(push);
        else byNode.set(node, [push]);
      }
    }
    for (const [node, own] of byNode) this.sendTo(node, own);
  }

  private sendTo(node: string, pushes: readonly Push[]): void {
    const body = packPushes(pushes);
    this.bytes += body.length;
    this.channel
      .toNode(node, PUSHES, body)
      .catch(() => this.lost.add(pushes.map(({ userId }) => userId)))
      .finally(() => (this.bytes -= body.length));
  }

  private received(pushes: readonly Push[]): void {
    for (const { userId, frame } of pushes) {
      for (const connection of this.connections.ofUser(userId)) connection.send(frame);
    }
  }

  /** After the pushes before it, on other nodes too. */
  private closeEverywhere(closing: Closing): void {
    this.close(closing);
    this.endTurn();
    this.lookups
      .then(() => this.channel.toOthers(CLOSE, JSON.stringify(closing)))
      .catch(() => {
        // Nodes that nobody could tell find out by themselves that a session has ended.
      });
  }

  private close({ sessionId, userId, code, action }: Closing): void {
    const candidates = userId === undefined ? this.connections.all() : this.connections.ofUser(userId);
    for (const connection of [...candidates]) {
      if (sessionId === undefined || connection.principal.sessionId === sessionId) connection.close(code, action);
    }
  }

  private renew(userIds?: readonly string[]): void {
    if (!userIds) return this.renewal.add(this.connections.all());
    for (const userId of userIds) this.renewal.add(this.connections.ofUser(userId));
  }
}

/** Throws for what no node says. */
function closingOf(body: string): Closing {
  const { sessionId, userId, code, action } = JSON.parse(body) as Record<string, unknown>;
  const why = (Object.keys(ERRORS) as ErrorCode[]).find((known) => known === code);
  const then = CLOSING_ACTIONS.find((known) => known === action);
  if (!why || !then) throw new TypeError('closing');
  if (typeof sessionId === 'string') return { sessionId, code: why, action: then };
  if (typeof userId === 'string') return { userId, code: why, action: then };
  throw new TypeError('closing');
}
