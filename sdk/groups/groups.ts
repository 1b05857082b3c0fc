import { LIMITS } from '../../src/protocol/limits.js';
import type { GroupView } from '../../src/protocol/payloads/group.payloads.js';
import { randomId } from '../account/device-keys.js';
import type { EngineSource } from '../account/engine-source.js';
import type { SessionTokens } from '../account/session-tokens.js';
import { AshwireError } from '../ashwire-error.js';
import type { Chat } from '../conversations/chat.js';
import { isSameSet } from '../conversations/session-roster.js';
import { type ContactBook, requireUsable } from '../friends/contact-book.js';
import { ROUTES } from '../transport/routes.js';
import { GROUP } from '../transport/wire-shapes.js';
import type { Group } from './group.js';
import type { GroupBook } from './group-book.js';
import { groupNameOf } from './group-name.js';

export interface GroupsServices {
  readonly groups: GroupBook;
  readonly book: ContactBook;
  readonly engines: EngineSource;
  readonly tokens: SessionTokens;
  readonly chat: Chat;
  /** There is a connection for the handshakes. */
  isOnline(): boolean;
}

const CREATE_TRIES = 3;

/**
 * Private groups: at most five members, and twenty groups. A change is true when its call resolves; changes of several members
 * at once all happen, one after the other. All but `list` and `get` need a connection.
 */
export class Groups {
  constructor(private readonly services: GroupsServices) {}

  /** From this device's own copy, offline too. */
  list(): Promise<Group[]> {
    return this.services.groups.list();
  }

  /** @throws AshwireError NOT_FOUND. */
  get(groupId: string): Promise<Group> {
    return this.services.groups.get(groupId);
  }

  /** `name`: 1 to 64 code points. `memberIds`: one to four friends. @throws AshwireError GROUP_FULL, GROUP_COUNT_LIMIT, … */
  async create(name: string, memberIds: readonly string[]): Promise<Group> {
    const { groups, chat } = this.services;
    const ownName = groupNameOf(name);
    const others = [...new Set(memberIds)];
    if (others.length >= LIMITS.groupMembers) throw new AshwireError('GROUP_FULL');
    for (const userId of others) await this.requireFriend(userId);
    if (!this.services.isOnline()) throw new AshwireError('OFFLINE');
    const view = await this.found(others);
    const { groupId } = view;
    await groups.told(view);
    const founding = { groupId, name: ownName, others };
    await chat.groupCommits.found(founding);
    return groups.get(groupId);
  }

  /** Any member may add a friend, who reads nothing from before. @throws AshwireError GROUP_FULL, NOT_FOUND, … */
  async add(groupId: string, userId: string): Promise<Group> {
    await this.get(groupId);
    await this.requireFriend(userId);
    return this.changed(groupId, { add: userId });
  }

  /** The member reads nothing that is sent afterwards. @throws AshwireError GROUP_OWNER_ONLY, NOT_FOUND, NOT_YOURSELF. */
  async remove(groupId: string, userId: string): Promise<Group> {
    const { members } = await this.ownedGroup(groupId);
    const member = members.find((one) => one.userId === userId);
    if (member?.isSelf) throw new AshwireError('NOT_YOURSELF');
    if (!member) throw new AshwireError('NOT_FOUND');
    return this.changed(groupId, { remove: userId });
  }

  /** The server does not learn the name. @throws AshwireError GROUP_OWNER_ONLY, BAD_REQUEST. */
  async rename(groupId: string, name: string): Promise<Group> {
    const ownName = groupNameOf(name);
    await this.ownedGroup(groupId);
    return this.changed(groupId, { name: ownName });
  }

  /** With the group go its messages, here. The longest member inherits from an owner. */
  async leave(groupId: string): Promise<void> {
    await this.services.tokens.request({ method: 'POST', path: ROUTES.leaveGroup(groupId) });
    await this.services.chat.sync.removed(groupId);
  }

  /** The group and its messages are gone for everybody. @throws AshwireError GROUP_OWNER_ONLY. */
  async dissolve(groupId: string): Promise<void> {
    await this.ownedGroup(groupId);
    await this.services.tokens.request({ method: 'DELETE', path: ROUTES.group(groupId) });
    await this.services.chat.sync.removed(groupId);
  }

  /** Asked for again under the same id when the answer is lost: one group comes of it. */
  private async found(others: readonly string[]): Promise<GroupView> {
    const { tokens, engines } = this.services;
    const { userId } = await engines.account();
    const body = { clientGroupId: randomId(), members: others };
    for (let attempt = 1; ; attempt++) {
      try {
        const view = await tokens.request<GroupView>({ method: 'POST', path: ROUTES.groups, body, shape: GROUP });
        const members = view.members.map((member) => member.userId);
        if (isSameSet(members, [userId, ...others])) return view;
        throw new AshwireError('BAD_ANSWER', { groupId: view.groupId });
      } catch (error) {
        const { code } = AshwireError.from(error);
        if ((code !== 'OFFLINE' && code !== 'TIMEOUT') || attempt === CREATE_TRIES) throw error;
      }
    }
  }

  private async changed(groupId: string, wanted: Parameters<Chat['groupCommits']['run']>[1]): Promise<Group> {
    const { groups, chat } = this.services;
    await chat.groupCommits.run(groupId, wanted);
    await groups.refreshOne(groupId);
    return groups.get(groupId);
  }

  private async ownedGroup(groupId: string): Promise<Group> {
    const group = await this.get(groupId);
    if (!group.isOwner) throw new AshwireError('GROUP_OWNER_ONLY');
    return group;
  }

  private async requireFriend(userId: string): Promise<void> {
    requireUsable(await this.services.book.find(userId));
  }
}
