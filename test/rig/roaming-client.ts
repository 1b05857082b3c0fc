import { AshwireError } from '../../sdk/ashwire-error.js';
import { SystemLocalClock } from '../../sdk/time/local-clock.js';
import { Connection } from '../../sdk/transport/connection.js';
import { SocketTransport } from '../../sdk/transport/socket-transport.js';
import { eventually } from './people.js';
import { sealed } from './raw-pair.js';
import type { RawPerson } from './raw-person.js';

const clock = new SystemLocalClock();

/** A client that comes back as the SDK does, by the SDK's own connection, and sends without encryption: cheap enough for thousands. */
export class RoamingClient {
  /** When it came online, each time; by the process's own clock. */
  readonly onlineAt: number[] = [];
  /** Ids of the messages that the server has accepted, in the order of sending. */
  readonly accepted: string[] = [];
  /** Pushes and entries of messages that it was told of. */
  readonly told = new Set<string>();
  private readonly socket: SocketTransport;
  private readonly connection: Connection;
  private cursor = 0;
  private isSending = false;
  private sending: Promise<void> = Promise.resolve();

  constructor(
    url: string,
    readonly person: RawPerson,
    readonly conversationId: string,
  ) {
    this.socket = new SocketTransport(url);
    this.connection = new Connection(
      this.socket,
      {
        token: () => Promise.resolve(person.tokens.accessToken),
        online: () => this.online(),
        offline: () => 0,
        state: () => undefined,
        closed: () => undefined,
      },
      clock,
    );
    this.socket.events.on('message:received', ({ entry }) => this.told.add(entry.clientMessageId));
  }

  get isOnline(): boolean {
    return this.connection.state === 'online';
  }

  start(): void {
    this.connection.start();
  }

  /** One message after the other, each until it is accepted, `everyMs` apart. */
  startSending(everyMs: number): void {
    this.isSending = true;
    this.sending = this.keepSending(everyMs);
  }

  /** Resolves when the last one is accepted. */
  async finishSending(): Promise<void> {
    this.isSending = false;
    await this.sending;
  }

  /** Everything that the log holds, now. */
  async catchUp(): Promise<void> {
    const { conversationId } = this;
    for (let isBehind = this.conversationId !== ''; isBehind;) {
      const request = { conversationId, afterSeq: this.cursor, limit: 100 };
      const { entries, headSeq } = await this.socket.emit('message:sync', request);
      for (const { clientMessageId } of entries) this.told.add(clientMessageId);
      this.cursor = entries.at(-1)?.seq ?? headSeq;
      isBehind = this.cursor < headSeq;
    }
  }

  stop(): void {
    this.connection.stop();
  }

  private online(): void {
    this.onlineAt.push(performance.now());
    // The connection may end again meanwhile; the next one catches up.
    this.catchUp().catch(() => undefined);
  }

  private async keepSending(everyMs: number): Promise<void> {
    while (this.isSending) {
      const message = sealed(this.conversationId);
      await this.untilAccepted(message);
      this.accepted.push(message.clientMessageId);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }

  private async untilAccepted(message: ReturnType<typeof sealed>): Promise<void> {
    for (;;) {
      try {
        await this.socket.emit('message:send', message);
        return;
      } catch (thrown) {
        const { retryable, code } = AshwireError.from(thrown);
        if (!retryable) throw new Error(`a message was refused for good: ${code}`, { cause: thrown });
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }
}

export const allOnline = (clients: readonly RoamingClient[], withinMs: number): Promise<void> =>
  eventually(() => clients.every(({ isOnline }) => isOnline), withinMs);
