import type { AshwireClient, Contact, Message } from '../sdk/index.js';
import { Refusal } from './refusal.js';
import type { Screen } from './screen.port.js';

const WAIT_AT_MOST_MS = 120_000;
const FLUSH_AT_MOST_MS = 10_000;
const CHECK_EVERY_MS = 50;

/** One person's chat: what the commands do, and what the client's events show. */
export class Chat {
  private friend: Contact | undefined;
  private readonly names = new Map<string, string>();
  private readonly awaited = new Set<string>();
  /** Messages that were shown and have not been shown as gone. */
  private readonly alive = new Set<string>();
  private ended = false;

  constructor(
    private readonly client: AshwireClient,
    private readonly screen: Screen,
    private readonly ownName: string,
  ) {}

  get hasEnded(): boolean {
    return this.ended;
  }

  /** Shows what happens from now on, and connects. Without a server one can write already; it is sent later. */
  async start(): Promise<void> {
    this.listen();
    await this.chooseOnlyFriend();
    this.background(this.client.connect().then(() => this.chooseOnlyFriend()));
  }

  async say(text: string): Promise<void> {
    await this.client.conversation(this.current().conversationId).send(text);
  }

  tell(text: string): Promise<void> {
    this.screen.notice(text);
    return Promise.resolve();
  }

  async requestFriend(name: string): Promise<void> {
    await this.client.friends.request(name);
    this.screen.notice(`asked ${name}; it takes a yes from there`);
  }

  async invite(): Promise<void> {
    const { link } = await this.client.friends.createInvitation();
    this.screen.notice(`for one friend, 24 hours: /accept ${link}`);
  }

  async accept(text: string): Promise<void> {
    const { incoming } = await this.client.friends.requests();
    const request = incoming.find(({ from }) => from.username === text);
    const { friends } = this.client;
    await this.choose(request ? await friends.accept(request.requestId) : await friends.redeemInvitation(text));
  }

  async decline(name: string): Promise<void> {
    const { incoming } = await this.client.friends.requests();
    const request = incoming.find(({ from }) => from.username === name);
    if (!request) throw new Refusal(`${name} has not asked.`);
    await this.client.friends.decline(request.requestId);
  }

  async listFriends(): Promise<void> {
    const friends = await this.client.friends.list();
    const { incoming, outgoing } = await this.client.friends.requests();
    for (const { username, trust } of friends) this.screen.notice(`${username} (${trust})`);
    for (const { from } of incoming) this.screen.notice(`${from.username} asks: /accept ${from.username}`);
    for (const { username } of outgoing) this.screen.notice(`${username} was asked`);
    this.screen.notice(`${friends.length} of 20 friends`);
  }

  async select(name: string): Promise<void> {
    await this.choose(await this.find(name));
  }

  async setBurn(argument: string): Promise<void> {
    if (!/^\d{1,4}$/.test(argument)) throw new Refusal('Say how many seconds: /burn 30');
    await this.client.conversation(this.current().conversationId).setBurnAfterRead(Number(argument));
  }

  async recall(): Promise<void> {
    const messages = await this.client.conversation(this.current().conversationId).messages();
    const last = messages.findLast(({ direction, text }) => direction === 'out' && text !== undefined);
    if (!last) throw new Refusal('There is nothing of yours to recall.');
    await this.client.conversation(last.conversationId).burn(last.id);
  }

  async verify(compared: boolean): Promise<void> {
    const { userId, username } = this.current();
    if (compared) await this.client.friends.markVerified(userId);
    const { digits } = await this.client.friends.safetyNumber(userId);
    this.screen.notice(compared ? `${username} is verified` : `compare with ${username}, then /verify yes:\n${digits}`);
  }

  async trust(): Promise<void> {
    await this.client.friends.acceptNewKey(this.current().userId);
  }

  async unfriend(name: string): Promise<void> {
    await this.client.friends.remove((await this.find(name)).userId);
  }

  async block(name: string): Promise<void> {
    await this.client.friends.block((await this.find(name)).userId);
  }

  async wait(what: string): Promise<void> {
    if (/^\d{1,4}$/.test(what)) return pause(Number(what) * 1_000);
    if (!Object.hasOwn(this.conditions, what))
      throw new Refusal(`Wait for what? ${Object.keys(this.conditions).join(', ')}`);
    const holds = this.conditions[what as keyof typeof this.conditions];
    if (!(await until(holds, WAIT_AT_MOST_MS))) throw new Refusal(`Waited for ${what} in vain.`);
  }

  async logout(): Promise<void> {
    await this.client.logout();
    this.ended = true;
  }

  /** Gives the outbox a moment: a script that ends right after its last line still wants it sent. */
  async quit(): Promise<void> {
    this.ended = true;
    if (this.friend) await until(this.conditions.sent, FLUSH_AT_MOST_MS);
  }

  private readonly conditions = {
    friend: () => Promise.resolve(this.friend !== undefined),
    message: async () => {
      const next = (await this.messages()).find(({ id, direction }) => direction === 'in' && !this.awaited.has(id));
      if (next) this.awaited.add(next.id);
      return next !== undefined;
    },
    sent: () => this.everyOwn(({ state }) => state !== 'queued'),
    delivered: () => this.everyOwn(({ state }) => state !== 'queued' && state !== 'accepted'),
    read: () => this.everyOwn(({ state }) => !['queued', 'accepted', 'delivered'].includes(state)),
    burned: () => Promise.resolve(this.alive.size === 0),
  };

  private async everyOwn(test: (message: Message) => boolean): Promise<boolean> {
    return (await this.messages()).filter(({ direction }) => direction === 'out').every(test);
  }

  private messages(): Promise<readonly Message[]> {
    return this.friend ? this.client.conversation(this.friend.conversationId).messages() : Promise.resolve([]);
  }

  private listen(): void {
    const { client, screen } = this;
    const told = (name: string): string => `${name} is your friend now`;
    client.on('message', (message) => this.received(message));
    client.on('message-state', (message) => this.show(message));
    client.on('friend-requested', ({ from }) => screen.notice(`${from.username} asks: /accept ${from.username}`));
    client.on('friend-added', (friend) => {
      this.names.set(friend.userId, friend.username);
      screen.notice(told(friend.username));
      if (!this.friend) this.background(this.choose(friend));
    });
    client.on('friend-removed', ({ userId }) => this.lost(userId));
    client.on('key-changed', ({ username }) =>
      screen.notice(
        `The key of ${username} is another one. Nothing is sent until you /trust it; compare first: /verify`,
      ),
    );
    client.on('device-changed', ({ username }) => screen.notice(`${username} uses another device now`));
    client.on('conversation', (conversation) => {
      if (conversation.conversationId === this.friend?.conversationId) this.heading(conversation.burnAfterReadSeconds);
    });
    client.on('connection', ({ state }) => screen.notice(state));
    client.on('closed', ({ code }) => {
      screen.notice(`The server ended the session: ${code}`);
      this.ended = true;
    });
    client.on('error', ({ code, message }) => screen.notice(`${code}: ${message}`));
  }

  private received(message: Message): void {
    this.show(message);
    if (message.conversationId === this.friend?.conversationId) this.background(this.read([message]));
    else this.screen.notice(`${this.nameOf(message)} has written: /to ${this.nameOf(message)}`);
  }

  private async read(messages: readonly Message[]): Promise<void> {
    const unread = messages.filter(
      ({ direction, readAt, text }) => direction === 'in' && readAt === undefined && text !== undefined,
    );
    if (unread.length === 0) return;
    await this.client.conversation(unread[0]?.conversationId ?? '').markRead(unread.map(({ id }) => id));
  }

  private async chooseOnlyFriend(): Promise<void> {
    const friends = await this.client.friends.list();
    for (const friend of friends) this.names.set(friend.userId, friend.username);
    if (!this.friend) await this.choose(friends.length === 1 ? friends[0] : undefined);
  }

  private async choose(friend: Contact | undefined): Promise<void> {
    this.friend = friend;
    if (friend) this.names.set(friend.userId, friend.username);
    this.heading();
    const messages = await this.messages();
    for (const message of messages) this.show(message);
    await this.read(messages);
  }

  private lost(userId: string): void {
    this.screen.notice(`${this.names.get(userId) ?? 'a friend'} is no longer your friend; the conversation is gone`);
    if (this.friend?.userId !== userId) return;
    this.friend = undefined;
    this.heading();
  }

  /** Messages of others than the current friend are announced by name only: their text is not for this moment. */
  private show(message: Message): void {
    if (message.conversationId !== this.friend?.conversationId) return;
    if (message.text === undefined) this.alive.delete(message.id);
    else this.alive.add(message.id);
    this.screen.message(message, this.nameOf(message));
  }

  private nameOf({ direction, senderId }: Message): string {
    return direction === 'out' ? this.ownName : (this.names.get(senderId) ?? 'somebody');
  }

  private heading(burnAfterReadSeconds?: number): void {
    const { friend } = this;
    const burn = burnAfterReadSeconds === undefined ? '' : `, burns ${burnAfterReadSeconds} s after reading`;
    this.screen.heading(
      friend
        ? `${this.ownName} → ${friend.username} (${friend.trust})${burn}`
        : `${this.ownName}: /add NAME or /invite to find a friend, /help for more`,
    );
  }

  private current(): Contact {
    if (!this.friend) throw new Refusal('You write to nobody yet: /to NAME, /add NAME or /invite');
    return this.friend;
  }

  private async find(name: string): Promise<Contact> {
    const friend = (await this.client.friends.list()).find(({ username }) => username === name);
    if (!friend) throw new Refusal(`You have no friend called ${name}.`);
    return friend;
  }

  private background(work: Promise<void>): void {
    work.catch((error: unknown) => this.screen.notice(error instanceof Error ? error.message : String(error)));
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function until(holds: () => Promise<boolean>, atMostMs: number): Promise<boolean> {
  for (const end = Date.now() + atMostMs; Date.now() < end; await pause(CHECK_EVERY_MS)) if (await holds()) return true;
  return false;
}
