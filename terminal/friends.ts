import type { AshwireClient, Contact } from '../sdk/index.js';
import type { Chat } from './chat.js';
import { type Context, inBackground } from './context.js';
import { Refusal } from './refusal.js';
import { friendTarget } from './target.js';

export async function findFriend(client: AshwireClient, name: string): Promise<Contact> {
  const friend = (await client.friends.list()).find(({ username }) => username === name);
  if (!friend) throw new Refusal(`You have no friend called ${name}.`);
  return friend;
}

/** Friends, requests, and how far a friend's key is trusted. */
export class Friends {
  constructor(
    private readonly context: Context,
    private readonly chat: Chat,
  ) {}

  async start(): Promise<void> {
    this.listen();
    await this.meetAll();
  }

  /** What this device knows of friends before and after it is connected. */
  async meetAll(): Promise<void> {
    this.context.people.meet(...(await this.context.client.friends.list()));
  }

  async request(name: string): Promise<void> {
    await this.context.client.friends.request(name);
    this.context.screen.notice(`asked ${name}; it takes a yes from there`);
  }

  async invite(): Promise<void> {
    const { link } = await this.context.client.friends.createInvitation();
    this.context.screen.notice(`for one friend, 24 hours: /accept ${link}`);
  }

  async accept(text: string): Promise<void> {
    const { friends } = this.context.client;
    const { incoming } = await friends.requests();
    const request = incoming.find(({ from }) => from.username === text);
    const friend = request ? await friends.accept(request.requestId) : await friends.redeemInvitation(text);
    this.context.people.meet(friend);
    await this.chat.choose(friendTarget(friend));
  }

  async decline(name: string): Promise<void> {
    const { friends } = this.context.client;
    const request = (await friends.requests()).incoming.find(({ from }) => from.username === name);
    if (!request) throw new Refusal(`${name} has not asked.`);
    await friends.decline(request.requestId);
  }

  async list(): Promise<void> {
    const { client, screen } = this.context;
    const friends = await client.friends.list();
    const { incoming, outgoing } = await client.friends.requests();
    for (const { username, trust } of friends) screen.notice(`${username} (${trust})`);
    for (const { from } of incoming) screen.notice(`${from.username} asks: /accept ${from.username}`);
    for (const { username } of outgoing) screen.notice(`${username} was asked`);
    screen.notice(`${friends.length} of 20 friends`);
  }

  async remove(name: string): Promise<void> {
    const { client } = this.context;
    await client.friends.remove((await findFriend(client, name)).userId);
  }

  async block(name: string): Promise<void> {
    const { client } = this.context;
    await client.friends.block((await findFriend(client, name)).userId);
  }

  async verify(compared: boolean): Promise<void> {
    const { friends } = this.context.client;
    const { userId, username } = this.chat.getFriend();
    if (compared) await friends.markVerified(userId);
    const { digits } = await friends.safetyNumber(userId);
    if (compared) this.context.screen.notice(`${username} is verified`);
    else this.context.screen.notice(`compare with ${username}, then /verify yes:`, digits);
  }

  async trust(): Promise<void> {
    await this.context.client.friends.acceptNewKey(this.chat.getFriend().userId);
  }

  private listen(): void {
    const { client, screen, people } = this.context;
    client.on('friend-requested', ({ from }) => screen.notice(`${from.username} asks: /accept ${from.username}`));
    client.on('friend-added', (friend) => this.added(friend));
    client.on('friend-changed', (friend) => this.chat.update(friendTarget(friend)));
    client.on('friend-removed', ({ userId, conversationId }) => {
      screen.notice(`${people.nameOf(userId)} is no longer your friend; the conversation is gone`);
      this.chat.drop(conversationId);
    });
    client.on('key-changed', ({ username }) =>
      screen.notice(
        `The key of ${username} is another one. Nothing is sent until you /trust it; compare first: /verify`,
      ),
    );
    client.on('device-changed', ({ username }) => screen.notice(`${username} uses another device now`));
  }

  private added(friend: Contact): void {
    this.context.people.meet(friend);
    this.context.screen.notice(`${friend.username} is your friend now`);
    if (!this.chat.target) inBackground(this.context, this.chat.choose(friendTarget(friend)));
  }
}
