import type { Group } from '../sdk/index.js';
import type { Chat } from './chat.js';
import { type Context, inBackground } from './context.js';
import { findFriend } from './friends.js';
import { describeChanges, describeGroup, describeMembers } from './group-line.js';
import { Refusal } from './refusal.js';
import { groupName, groupTarget } from './target.js';
import { words } from './words.js';

const NEW_USAGE =
  'Say a name, in quotation marks if it has blanks, and 1 to 4 friends: /group new "Our picnic" bob carol';

/** Private groups. What the commands change, all members are told by the same event. */
export class Groups {
  private readonly known = new Map<string, Group>();

  constructor(
    private readonly context: Context,
    private readonly chat: Chat,
  ) {}

  async start(): Promise<void> {
    const { client } = this.context;
    for (const group of await client.groups.list()) this.learn(group);
    client.on('group', (group) => inBackground(this.context, this.changed(group)));
    client.on('conversation-removed', ({ conversationId }) => this.lost(conversationId));
  }

  async list(): Promise<void> {
    const { client, screen } = this.context;
    const groups = await client.groups.list();
    for (const [index, group] of groups.entries()) screen.notice(describeGroup(group, index + 1));
    if (groups.length === 0) screen.notice('no groups yet: /group new NAME FRIEND');
  }

  async create(argument: string): Promise<void> {
    const { client } = this.context;
    const [name = '', ...names] = words(argument);
    if (name === '' || names.length === 0) throw new Refusal(NEW_USAGE);
    const friends = await Promise.all(names.map((friend) => findFriend(client, friend)));
    const group = await client.groups.create(
      name,
      friends.map(({ userId }) => userId),
    );
    this.learn(group);
    await this.chat.choose(groupTarget(group));
  }

  async add(name: string): Promise<void> {
    const { groupId } = this.chat.getGroup();
    const { client } = this.context;
    await client.groups.add(groupId, (await findFriend(client, name)).userId);
  }

  async remove(name: string): Promise<void> {
    const group = this.chat.getGroup();
    const member = group.members.find(({ username }) => username === name);
    if (!member) throw new Refusal(`${name} is not in ${groupName(group)}.`);
    if (member.isSelf) throw new Refusal('To go yourself: /group leave');
    await this.context.client.groups.remove(group.groupId, member.userId);
  }

  async rename(name: string): Promise<void> {
    if (name === '') throw new Refusal('Say the new name: /group name Our picnic');
    await this.context.client.groups.rename(this.chat.getGroup().groupId, name);
  }

  async members(): Promise<void> {
    const group = await this.context.client.groups.get(this.chat.getGroup().groupId);
    for (const line of describeMembers(group)) this.context.screen.notice(line);
  }

  async leave(): Promise<void> {
    await this.context.client.groups.leave(this.chat.getGroup().groupId);
  }

  async dissolve(): Promise<void> {
    await this.context.client.groups.dissolve(this.chat.getGroup().groupId);
  }

  private async changed(group: Group): Promise<void> {
    const before = this.known.get(group.groupId);
    this.learn(group);
    this.chat.update(groupTarget(group));
    const all = await this.context.client.groups.list();
    for (const line of describeChanges(before, group, all)) this.context.screen.notice(line);
    if (!this.chat.target && group.name !== '') await this.chat.choose(groupTarget(group));
  }

  private learn(group: Group): void {
    this.known.set(group.groupId, group);
    this.context.people.meet(...group.members);
  }

  /** Left, removed or dissolved: it looks the same from here. */
  private lost(groupId: string): void {
    const group = this.known.get(groupId);
    if (!group) return;
    this.known.delete(groupId);
    this.context.screen.notice(`you are no longer in ${groupName(group)}; its messages are gone`);
  }
}
