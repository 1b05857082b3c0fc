import { Chat } from './chat.js';
import { type Context, inBackground } from './context.js';
import { Friends } from './friends.js';
import { Groups } from './groups.js';
import { Money } from './money.js';
import { Orders } from './orders.js';
import { Waiting } from './waiting.js';

const FLUSH_AT_MOST_MS = 10_000;

/** One person at the terminal: the parts that the commands call, and how it starts and ends. */
export class Session {
  readonly chat: Chat;
  readonly friends: Friends;
  readonly groups: Groups;
  readonly money: Money;
  readonly waiting: Waiting;
  private ended = false;

  constructor(private readonly context: Context) {
    const orders = new Orders(context);
    this.chat = new Chat(context, orders);
    this.friends = new Friends(context, this.chat);
    this.groups = new Groups(context, this.chat);
    this.money = new Money(context, this.chat, orders);
    this.waiting = new Waiting(context.client, this.chat, orders);
  }

  get hasEnded(): boolean {
    return this.ended;
  }

  /** Shows what happens from now on, and connects. Without a server one can write already; it is sent later. */
  async start(): Promise<void> {
    this.listen();
    await this.friends.start();
    await this.groups.start();
    this.money.start();
    await this.chat.start();
    inBackground(
      this.context,
      this.context.client.connect().then(() => this.chat.chooseOnly()),
    );
  }

  tell(lines: readonly string[]): Promise<void> {
    this.context.screen.notice(...lines);
    return Promise.resolve();
  }

  async logout(): Promise<void> {
    await this.context.client.logout();
    this.ended = true;
  }

  /** A script that ends right after its last line still wants it sent. */
  async quit(): Promise<void> {
    this.ended = true;
    await this.waiting.sent(FLUSH_AT_MOST_MS);
  }

  private listen(): void {
    const { client, screen } = this.context;
    client.on('connection', ({ state }) => screen.notice(state));
    client.on('closed', ({ code }) => {
      screen.notice(`The server ended the session: ${code}`);
      this.ended = true;
    });
    client.on('trouble', ({ message }) => screen.notice(message));
    client.on('error', ({ code, message, retryable }) => {
      // What nobody waits for is tried again by the client itself.
      if (!retryable) screen.notice(`${code}: ${message}`);
    });
  }
}
