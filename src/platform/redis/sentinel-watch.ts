import { Redis, type RedisOptions } from 'ioredis';

const SWITCH = '+switch-master';

/**
 * Hears from every Sentinel when there is another primary. A connection to the old one may look well: where that one is cut off
 * from the others, it would go on serving what has burned elsewhere. One for all connections of the process; ioredis's own
 * detector is three more for each, and writes to the console.
 */
export class SentinelWatch {
  private readonly subscribers: readonly Redis[];

  constructor(sentinels: readonly RedisOptions[], name: string, onSwitch: (address: string) => void) {
    this.subscribers = sentinels.map((options) => {
      const subscriber = new Redis({
        ...options,
        retryStrategy: () => 1_000 + Math.random() * 1_000,
        maxRetriesPerRequest: null,
        enableReadyCheck: false,
        disableClientInfo: true,
        keepAlive: 10_000,
      });
      // A Sentinel that is away is what the others are for.
      subscriber.on('error', () => {});
      subscriber.on('message', (_channel: string, message: string) => {
        const [of, , , host, port] = message.split(' ');
        if (of === name) onSwitch(`${host}:${port}`);
      });
      subscriber.subscribe(SWITCH).catch(() => {});
      return subscriber;
    });
  }

  close(): void {
    for (const subscriber of this.subscribers) subscriber.disconnect();
  }
}
