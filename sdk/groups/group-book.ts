import type { GroupList, GroupView } from '../../src/protocol/payloads/group.payloads.js';
import type { EngineSource } from '../account/engine-source.js';
import type { SessionTokens } from '../account/session-tokens.js';
import { AshwireError } from '../ashwire-error.js';
import type { AshwireClientEvents } from '../client-events.js';
import type { GroupRecord } from '../store/records.js';
import { type ClientStore, KINDS } from '../store/client-store.js';
import { ROUTES } from '../transport/routes.js';
import { GROUP, GROUPS } from '../transport/wire-shapes.js';
import type { TypedEmitter } from '../typed-emitter.js';
import type { FellowBook } from './fellow-book.js';
import { type Group, groupOf } from './group.js';

export interface GroupBookServices {
  readonly store: ClientStore;
  readonly fellows: FellowBook;
  readonly engines: EngineSource;
  readonly tokens: SessionTokens;
  readonly events: TypedEmitter<AshwireClientEvents>;
}

/** The groups as the server shows them. Nobody reads a message because of what is here. */
export class GroupBook {
  constructor(private readonly services: GroupBookServices) {}

  find(groupId: string): Promise<GroupRecord | undefined> {
    return this.services.store.find(KINDS.group, groupId);
  }

  async get(groupId: string): Promise<Group> {
    const record = await this.find(groupId);
    if (!record) throw new AshwireError('NOT_FOUND');
    return this.shown(record);
  }

  async list(): Promise<Group[]> {
    return Promise.all((await this.services.store.list(KINDS.group)).map((record) => this.shown(record)));
  }

  async isOwner(groupId: string): Promise<boolean> {
    const { userId } = await this.services.engines.account();
    return (await this.find(groupId))?.ownerId === userId;
  }

  /** All groups anew. Who is in none of them any more is forgotten. */
  async refresh(): Promise<void> {
    const { tokens, fellows, store } = this.services;
    const before = await store.list(KINDS.group);
    const { groups } = await tokens.request<GroupList>({ method: 'GET', path: ROUTES.groups, shape: GROUPS });
    for (const group of groups) await this.alone(group.groupId, () => this.observe(group));
    const gone = before.filter(({ groupId }) => groups.every((group) => group.groupId !== groupId));
    for (const { groupId } of gone) await this.forget(groupId);
    await fellows.keepOnly(new Set(groups.flatMap(({ members }) => members.map(({ userId }) => userId))));
  }

  /** One group anew; nothing happens when this account is not in it any more. */
  refreshOne(groupId: string): Promise<void> {
    return this.alone(groupId, () => this.fetch(groupId));
  }

  /** What the server has told by itself. It may be old: of an unknown group, only the server's answer is believed. */
  told(group: GroupView): Promise<void> {
    const { groupId } = group;
    return this.alone(groupId, async () => ((await this.find(groupId)) ? this.observe(group) : this.fetch(groupId)));
  }

  async forget(groupId: string): Promise<void> {
    const { store } = this.services;
    await this.alone(groupId, () => store.commit(store.delete(KINDS.group, groupId)));
  }

  private alone<T>(groupId: string, action: () => Promise<T>): Promise<T> {
    return this.services.store.exclusive(`group/${groupId}`, action);
  }

  private async fetch(groupId: string): Promise<void> {
    const path = ROUTES.group(groupId);
    try {
      await this.observe(await this.services.tokens.request<GroupView>({ method: 'GET', path, shape: GROUP }));
    } catch (error) {
      if (AshwireError.from(error).code !== 'NOT_FOUND') throw error;
    }
  }

  /** Takes what the server shows of a group: its members are pinned, or compared with their pins. */
  private async observe({ groupId, ownerId, members }: GroupView): Promise<void> {
    const { store, fellows, engines } = this.services;
    const { userId: ownUserId } = await engines.account();
    if (members.every(({ userId }) => userId !== ownUserId)) return;
    for (const member of members) {
      if (member.userId === ownUserId) continue;
      await fellows.observe(member, groupId).catch((error: unknown) => {
        // Gone again in between.
        if (AshwireError.from(error).code !== 'NOT_FOUND') throw error;
      });
    }
    const people = members.map(({ userId, username, displayName, avatarColour }) => ({
      ...{ userId, username, displayName, avatarColour },
    }));
    const record = { groupId, ownerId, members: people };
    if (JSON.stringify(await this.find(groupId)) === JSON.stringify(record)) return;
    await store.commit(store.put(KINDS.group, record));
    await this.tell(groupId);
  }

  /** This person became a friend, or is none any more. */
  async tellOf(userId: string): Promise<void> {
    const isIn = ({ members }: GroupRecord): boolean => members.some((member) => member.userId === userId);
    for (const group of (await this.services.store.list(KINDS.group)).filter(isIn)) await this.tell(group.groupId);
  }

  /** Something that is shown of the group has changed. */
  async tell(groupId: string): Promise<void> {
    const record = await this.find(groupId);
    if (record) this.services.events.emit('group', await this.shown(record));
  }

  private async shown(record: GroupRecord): Promise<Group> {
    const { store, engines } = this.services;
    const { userId: ownUserId } = await engines.account();
    const { name = '' } = (await store.find(KINDS.conversation, record.groupId)) ?? {};
    const friendIds = new Set((await store.list(KINDS.contact)).map(({ userId }) => userId));
    return groupOf(record, name, { ownUserId, friendIds });
  }
}
