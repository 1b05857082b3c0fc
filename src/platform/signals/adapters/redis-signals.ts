import type { OnApplicationShutdown } from '@nestjs/common';
import type { NodeChannel } from '../../node-channel/node-channel.js';
import { InProcessSignals } from './in-process-signals.js';

const SIGNALS = 'signals';
const GAP = 'signals-lost';
const RETRY_MS = 1_000;

/**
 * To all nodes over their channel; what one turn of the event loop sends is one message. A node that could not tell the others
 * says so as soon as it can, and they doubt what they know.
 */
export class RedisSignals extends InProcessSignals implements OnApplicationShutdown {
  private turn = new Map<string, Set<string>>();
  private retry: NodeJS.Timeout | undefined;

  constructor(private readonly channel: NodeChannel) {
    super();
    channel.on(SIGNALS, (body) => this.received(body));
    channel.on(GAP, () => this.missed());
    channel.onGap(() => this.missed());
  }

  override send(topic: string, key: string): void {
    if (this.turn.size === 0) setImmediate(this.endTurn);
    const keys = this.turn.get(topic) ?? new Set();
    this.turn.set(topic, keys.add(key));
    this.arrived(topic, key);
  }

  onApplicationShutdown(): void {
    clearTimeout(this.retry);
  }

  private readonly endTurn = (): void => {
    const sent = [...this.turn].map(([topic, keys]) => [topic, ...keys]);
    this.turn = new Map();
    this.channel.toOthers(SIGNALS, JSON.stringify(sent)).catch(this.tellGap);
  };

  private readonly tellGap = (): void => {
    this.retry ??= setTimeout(() => {
      this.retry = undefined;
      this.channel.toOthers(GAP, '').catch(this.tellGap);
    }, RETRY_MS).unref();
  };

  private received(body: string): void {
    const sent = JSON.parse(body) as unknown;
    if (!isListOfTexts(sent)) throw new TypeError('signals');
    for (const [topic = '', ...keys] of sent) for (const key of keys) this.arrived(topic, key);
  }
}

const isListOfTexts = (value: unknown): value is string[][] =>
  Array.isArray(value) &&
  value.every((texts) => Array.isArray(texts) && texts.every((text) => typeof text === 'string'));
