import type { Contact, Group, Message } from '../sdk/index.js';
import { type Context, inBackground } from './context.js';
import { mentionsIn } from './mentions.js';
import type { Orders } from './orders.js';
import { Refusal } from './refusal.js';
import {
  describeTarget,
  findTarget,
  friendTarget,
  groupAddress,
  groupName,
  groupTarget,
  type Target,
} from './target.js';

/** The conversation that one is in: what is written to it, and what is shown of it. */
export class Chat {
  /** Messages that were shown and have not been shown as gone. */
  readonly alive = new Set<string>();
  private chosen: Target | undefined;
  private burnSeconds: number | undefined;
  private title = '';

  constructor(
    private readonly context: Context,
    private readonly orders: Orders,
  ) {}

  get target(): Target | undefined {
    return this.chosen;
  }

  async start(): Promise<void> {
    this.listen();
    await this.chooseOnly();
  }

  async say(text: string): Promise<void> {
    const target = this.getTarget();
    const mentions = target.kind === 'group' ? mentionsIn(text, target.group.members) : [];
    const conversation = this.context.client.conversation(target.conversationId);
    await conversation.send(mentions.length === 0 ? text : { type: 'text', text, mentions });
  }

  async select(text: string): Promise<void> {
    const { friends, groups } = this.context.client;
    await this.choose(findTarget(text, await friends.list(), await groups.list()));
  }

  /** Who has one friend or one group and nothing else writes to it; others choose. */
  async chooseOnly(): Promise<void> {
    const { friends, groups } = this.context.client;
    const all = [...(await friends.list()).map(friendTarget), ...(await groups.list()).map(groupTarget)];
    if (this.chosen) return;
    if (all.length === 1) await this.choose(all[0]);
    else this.heading(all.length > 1);
  }

  async choose(target: Target | undefined): Promise<void> {
    const { client, screen } = this.context;
    if (this.chosen && this.chosen.conversationId !== target?.conversationId) screen.forget(this.chosen.conversationId);
    this.chosen = target;
    this.alive.clear();
    const summaries = target ? await client.conversations.list() : [];
    this.burnSeconds = summaries.find(
      ({ conversationId }) => conversationId === target?.conversationId,
    )?.burnAfterReadSeconds;
    this.heading();
    const messages = await this.messages();
    for (const message of messages) this.show(message);
    await this.read(messages);
  }

  /** The friend or the group is described by other words now. */
  update(changed: Target): void {
    if (changed.conversationId !== this.chosen?.conversationId) return;
    this.chosen = changed;
    this.heading();
  }

  drop(conversationId: string): void {
    this.context.screen.forget(conversationId);
    if (conversationId !== this.chosen?.conversationId) return;
    this.chosen = undefined;
    this.alive.clear();
    this.heading();
  }

  async setBurn(argument: string): Promise<void> {
    if (!/^\d{1,4}$/.test(argument)) throw new Refusal('Say how many seconds: /burn 30');
    await this.context.client.conversation(this.getTarget().conversationId).setBurnAfterRead(Number(argument));
  }

  async recall(): Promise<void> {
    this.getTarget();
    const last = (await this.messages()).findLast((message) => message.direction === 'out' && hasContent(message));
    if (!last) throw new Refusal('There is nothing of yours to recall.');
    await this.context.client.conversation(last.conversationId).burn(last.id);
  }

  messages(): Promise<readonly Message[]> {
    return this.chosen ? this.context.client.conversation(this.chosen.conversationId).messages() : Promise.resolve([]);
  }

  /** Shows again what is known of money. */
  async refreshCards(): Promise<void> {
    for (const message of await this.messages()) if (message.card) this.show(message);
  }

  getTarget(): Target {
    if (!this.chosen) throw new Refusal('You write to nobody yet: /to NAME, /add NAME or /invite');
    return this.chosen;
  }

  getFriend(): Contact {
    const target = this.getTarget();
    if (target.kind === 'group') throw new Refusal('This is for one friend, not for a group. First: /to FRIEND');
    return target.friend;
  }

  getGroup(): Group {
    const target = this.getTarget();
    if (target.kind === 'friend') throw new Refusal('This is for a group. First: /to GROUP, or /group new NAME FRIEND');
    return target.group;
  }

  private listen(): void {
    const { client } = this.context;
    client.on('message', (message) => this.received(message));
    client.on('message-state', (message) => this.show(message));
    client.on('conversation-removed', ({ conversationId }) => this.drop(conversationId));
    client.on('conversation', ({ conversationId, burnAfterReadSeconds }) => {
      if (conversationId !== this.chosen?.conversationId) return;
      this.burnSeconds = burnAfterReadSeconds;
      this.heading();
    });
  }

  private received(message: Message): void {
    const { people } = this.context;
    this.show(message);
    const mentioned = message.mentions?.includes(people.ownId) ?? false;
    const isHere = message.conversationId === this.chosen?.conversationId;
    if (isHere) inBackground(this.context, this.read([message]));
    if (isHere && mentioned) this.context.screen.notice(`${people.nameOf(message.senderId)} mentions you`);
    if (!isHere) inBackground(this.context, this.announce(message, mentioned ? 'mentions you' : 'has written'));
  }

  /** Messages of other conversations are announced by name only: their text is not for this moment. */
  private async announce({ conversationId, senderId }: Message, what: string): Promise<void> {
    const { client, screen, people } = this.context;
    const name = people.nameOf(senderId);
    const groups = await client.groups.list();
    const group = groups.find(({ groupId }) => groupId === conversationId);
    if (group) screen.notice(`${name} ${what} in ${groupName(group)}: /to ${groupAddress(group, groups)}`);
    else screen.notice(`${name} ${what}: /to ${name}`);
  }

  private async read(messages: readonly Message[]): Promise<void> {
    const unread = messages.filter(
      (message) => message.direction === 'in' && message.readAt === undefined && hasContent(message),
    );
    if (unread.length === 0) return;
    await this.context.client.conversation(unread[0]?.conversationId ?? '').markRead(unread.map(({ id }) => id));
  }

  private show(message: Message): void {
    if (message.conversationId !== this.chosen?.conversationId) return;
    if (hasContent(message)) this.alive.add(message.id);
    else this.alive.delete(message.id);
    const { people, screen } = this.context;
    const readers = this.chosen.kind === 'group' ? (message.receipts ?? []) : [];
    screen.message({
      message,
      sender: people.nameOf(message.senderId),
      readBy: readers.filter(({ readAt }) => readAt !== undefined).map(({ userId }) => people.nameOf(userId)),
      ...(message.mentions?.includes(people.ownId) && { mentioned: people.ownName }),
      ...(message.card && { card: this.orders.describe(message.card, message) }),
    });
    if (message.card && this.orders.isNew(message.card.orderId))
      inBackground(
        this.context,
        this.orders.look(message.card.orderId).then(() => this.refreshCards()),
      );
  }

  private heading(hasChoice = false): void {
    const { ownName } = this.context.people;
    const burn = this.burnSeconds === undefined ? '' : `, burns ${this.burnSeconds} s after reading`;
    const nobody = hasChoice
      ? '/to NAME to write, /friends and /group to see whom, /help for more'
      : '/add NAME or /invite to find a friend, /help for more';
    const title = this.chosen ? `${ownName} → ${describeTarget(this.chosen)}${burn}` : `${ownName}: ${nobody}`;
    if (title !== this.title) this.context.screen.heading(title);
    this.title = title;
  }
}

const hasContent = ({ text, card }: Message): boolean => text !== undefined || card !== undefined;
